/** The lines of a text that comes in pieces, however they end. `onRest` sees what of a line is held, and its number. */
export async function* linesOfText(
  pieces: AsyncIterable<string>,
  onRest: (length: number, number: number) => void = () => undefined,
): AsyncGenerator<string> {
  let rest = ''
  let number = 1
  for await (const text of pieces) {
    // a carriage return may be half of the end of a line
    const parts = (rest + text).split(/\r?\r\n|\n|\r(?!\r?$)/)
    rest = parts.pop() ?? ''
    yield* parts
    number += parts.length
    onRest(rest.length, number)
  }
  if (rest !== '') yield rest
}
