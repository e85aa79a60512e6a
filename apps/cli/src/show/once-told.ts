/** Prints a line that repeats only once, until something else happens. */
export function onceTold(print: (line: string) => void): { say(line: string): void; reset(): void } {
  let last: string | undefined
  return {
    say(line) {
      if (line === last) return
      last = line
      print(line)
    },
    reset: () => {
      last = undefined
    },
  }
}
