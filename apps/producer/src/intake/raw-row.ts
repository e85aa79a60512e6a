/** A row as it was sent: its value, or why it has none, as a sentence. `digest`: of its bytes, which tells it from others. */
export type RawRow = { kind: 'value'; value: unknown } | { kind: 'broken'; detail: string; digest: string }
