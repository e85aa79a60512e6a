/** 1: edits failed or the API refused; 2: the input is wrong; 130: stopped by Ctrl-C, as shells have it. */
export type ExitCode = 0 | 1 | 2 | 130

const exitCodes = { failed: 1, input: 2, interrupted: 130 } as const

/** The command ends here: `lines` are all that its user needs to read. */
export class Stop extends Error {
  override readonly name = 'Stop'
  readonly lines: readonly string[]
  readonly exitCode: ExitCode

  constructor(reason: keyof typeof exitCodes, lines: readonly string[]) {
    super(lines.join('\n'))
    this.lines = lines
    this.exitCode = exitCodes[reason]
  }
}
