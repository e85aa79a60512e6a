/** A workbook that cannot be read on; `detail` continues after its name, or after `row` where one is known. */
export class BrokenWorkbook extends Error {
  override readonly name = 'BrokenWorkbook'
  readonly detail: string
  readonly row?: number

  constructor(detail: string, row?: number) {
    super(detail)
    this.detail = detail
    if (row !== undefined) this.row = row
  }
}
