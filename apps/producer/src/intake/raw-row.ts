/** A row as it was sent: its value, or why it has none; the detail is a sentence, `text` tells it from other such rows. */
export type RawRow = { kind: 'value'; value: unknown } | { kind: 'broken'; detail: string; text: string }
