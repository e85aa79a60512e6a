const CANDIDATES = [',', ';', '\t', '|']

/** The delimiter of a table: whichever of comma, semicolon, tab and bar its first line holds most, outside quotes. */
export function sniffDelimiter(start: string): string {
  const [header = ''] = start.replaceAll(/"(?:[^"]|"")*"/g, '""').split(/\r\n|\n|\r/, 1)
  const counts = CANDIDATES.map((candidate) => header.split(candidate).length)
  return CANDIDATES[counts.indexOf(Math.max(...counts))] ?? ','
}
