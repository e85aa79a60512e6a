export type FileKind = 'csv' | 'jsonl' | 'xlsx' | 'html' | 'json'

export const contentTypes: Readonly<Record<FileKind, string>> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  html: 'text/html; charset=utf-8',
  json: 'application/json',
}

/**
 * `results.csv`, `results-0002.csv` for the second part, `results-take2.csv` after a retry, as images are named. `other`: a mark
 * where an object of that name is there already and has other bytes.
 */
export function fileName(
  what: 'results' | 'report' | 'files',
  kind: FileKind,
  { number, part, other }: { number: number; part: number; other?: string },
): string {
  const take = number === 1 ? '' : `-take${number}`
  const place = part === 1 ? '' : `-${String(part).padStart(4, '0')}`
  return `${what}${take}${place}${other === undefined ? '' : `~${other}`}.${kind}`
}
