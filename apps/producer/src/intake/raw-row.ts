/**
 * A row as it was sent: its value, or why it has none, as a sentence. `digest`: of its bytes; it tells rows apart that cannot
 * be read.
 */
export type RawRow = { digest: string } & (
  | { kind: 'value'; value: unknown }
  | { kind: 'broken'; detail: string }
)
