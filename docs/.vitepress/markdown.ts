import type { MarkdownRenderer } from 'vitepress';

/** Code blocks of the language "mermaid" are drawn in the browser; braces in code mean nothing to Vue. */
export function markdown(md: MarkdownRenderer): void {
  const { fence, text } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index]!;
    if (info.trim() !== 'mermaid') return fence!(tokens, index, ...rest);
    return `<Diagram source="${encodeURIComponent(content)}" />`;
  };
  md.renderer.rules.code_inline = (tokens, index) =>
    `<code v-pre>${md.utils.escapeHtml(tokens[index]!.content)}</code>`;
  md.renderer.rules.text = (...given) => text!(...given).replaceAll('{{', '&#123;&#123;');
}
