/** 1: edits failed or the API refused; 2: the input is wrong; 130: stopped by Ctrl-C, as shells have it. */
export type ExitCode = 0 | 1 | 2 | 130

/**
 * The command ends here: `lines` are all that its user needs to read. `absent`: nobody listens at the address;
 * `silent`: somebody does, and no answer came.
 */
export class Stop extends Error {
  override readonly name = 'Stop'
  readonly code: 'input' | 'refused' | 'absent' | 'silent' | 'interrupted'
  readonly lines: readonly string[]
  readonly exitCode: ExitCode

  constructor(code: Stop['code'], lines: readonly string[], exitCode: ExitCode = code === 'input' ? 2 : 1) {
    super(lines.join('\n'))
    this.code = code
    this.lines = lines
    this.exitCode = exitCode
  }
}
