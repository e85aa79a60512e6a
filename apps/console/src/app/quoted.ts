/** A value as a line takes it: in quotes where it has blanks; a quote in it cannot be said. */
export const quoted = (value: string): string =>
  /[\s:]/.test(value) ? `"${value.replaceAll('"', '')}"` : value.replaceAll('"', '')
