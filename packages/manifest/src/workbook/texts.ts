/** Many texts by their number, as bytes: a million strings would cost several times as much. */
export type Texts = { add(text: string): void; at(index: number): string | undefined }

export function openTexts(): Texts {
  let bytes = Buffer.alloc(65_536)
  let ends = new Uint32Array(1_024)
  let [count, used] = [0, 0]
  return {
    add: (text) => {
      const length = Buffer.byteLength(text)
      if (used + length > bytes.length) {
        const larger = Buffer.alloc(Math.max(bytes.length * 2, used + length))
        bytes.copy(larger, 0, 0, used)
        bytes = larger
      }
      if (count === ends.length) {
        const more = new Uint32Array(ends.length * 2)
        more.set(ends)
        ends = more
      }
      bytes.write(text, used)
      used += length
      ends[count] = used
      count += 1
    },
    at: (index) => {
      if (!Number.isInteger(index) || index < 0 || index >= count) return undefined
      return bytes.toString('utf8', index === 0 ? 0 : ends[index - 1], ends[index])
    },
  }
}
