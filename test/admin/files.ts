import { type Admin, type Answer, change } from './open-admin.js';

const api = '/api/caches/default';

export interface ExportLine {
  readonly record?: Record<string, unknown>;
  readonly skipped?: { readonly key: string; readonly why: string };
  readonly isCut?: boolean;
  readonly exported?: number;
}

export async function exported(admin: Admin, body: object): Promise<ExportLine[]> {
  const response = await fetch(`${admin.url}/cachex${api}/export`, {
    method: 'POST',
    headers: change,
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ExportLine);
}

/** The file that the page saves of them. */
export const linesOf = (found: readonly ExportLine[]): string[] =>
  found.flatMap(({ record }) => (record ? [JSON.stringify(record)] : []));

export const imported = (admin: Admin, lines: readonly string[], more: object = {}): Promise<Answer> =>
  admin.post(`${api}/import`, { lines, first: 1, ...more });

/** A key as a file has it. */
export const lineOf = (more: object): string =>
  JSON.stringify({ v: 1, key: 'k', type: 'string', ttlMs: null, form: 'values', content: 1, ...more });
