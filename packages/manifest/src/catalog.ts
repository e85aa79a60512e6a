/** How the rows of a catalog are read; what is absent is found out. Names of columns are found without regard to case. */
export type ReadOptions = {
  /** The column of the first picture; the next ones are called like it with a number from 2 behind. */
  imageColumn: string
  /** The row of a table that holds the names of the columns, counted from 1; those before it are not read. */
  headerRow?: number
  /** The sheet of a workbook, by its name. */
  sheet?: string
  /** Cells left blank are those of the first row before it with the same text in this column. */
  inheritBy?: string
  /** Leaves rows without any picture out, and says so. */
  skipEmpty?: boolean
  /** Columns that are no field of an edit although they are called like one. */
  ownColumns?: readonly string[]
}

/** A catalog on this machine: the absolute path of a file or a folder, and how it is read. */
export type Catalog = ReadOptions & {
  path: string
  /** Where relative pictures begin: an absolute folder, or `s3://bucket/prefix/`; the place of `path` when absent. */
  folder?: string
  /** The file is a list of the objects of a bucket, as `fetchCatalog` writes it. */
  listing?: boolean
}
