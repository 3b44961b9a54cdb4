import type { MarkdownRenderer } from 'vitepress';

/** Code blocks of the language "mermaid" are drawn in the browser; braces in code mean nothing to Vue. */
export function markdown(md: MarkdownRenderer): void {
  const { fence, text } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index]!;
    if (info.trim() !== 'mermaid') return fence!(tokens, index, ...rest);
    const label = md.utils.escapeHtml(alternativeOf(content));
    return `<Diagram source="${encodeURIComponent(content)}" label="${label}" />`;
  };
  md.renderer.rules.code_inline = (tokens, index) =>
    `<code v-pre>${md.utils.escapeHtml(tokens[index]!.content)}</code>`;
  md.renderer.rules.text = (...given) => text!(...given).replaceAll('{{', '&#123;&#123;');
}

/** A diagram in words, for those who do not see it. @throws Error if it has none */
function alternativeOf(source: string): string {
  const [title, description] = ['accTitle', 'accDescr'].map((name) =>
    new RegExp(`^ *${name}: (.+)$`, 'm').exec(source),
  );
  if (!title || !description) throw new Error(`A diagram needs accTitle and accDescr: ${source}`);
  return `${title[1]}. ${description[1]}`;
}
