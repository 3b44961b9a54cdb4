/**
 * A driver's answer in a form that can be stored, and that Drizzle can read again. Rows of libsql are objects whose
 * indexed values are not enumerable, and some drivers add functions to the rows.
 */
export function storableResponse(response: unknown): unknown {
  if (Array.isArray(response)) return response.map(storableRow);
  if (!isRecord(response) || !Array.isArray(response['rows'])) return response;
  const rest = Object.entries(response).filter(([, value]) => value === null || typeof value !== 'object');
  const plain = rest.filter(([, value]) => typeof value !== 'function' && typeof value !== 'symbol');
  return { ...Object.fromEntries(plain), rows: response['rows'].map(storableRow) };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** It has a length that is not a column. */
function storableRow(row: unknown): unknown {
  if (!isRecord(row) || Array.isArray(row)) return row;
  const length = Object.getOwnPropertyDescriptor(row, 'length');
  if (!length || length.enumerable || typeof length.value !== 'number') return row;
  return Array.from({ length: length.value }, (_, index) => row[index]);
}
