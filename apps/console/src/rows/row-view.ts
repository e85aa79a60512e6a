import type { Edit } from '@restyle/client/types'

/** An edit as a row of its batch; `row` counts from 1 here, as rows are asked for. */
export type RowView = Omit<Edit, 'verdict'> & {
  verdict?: NonNullable<Edit['verdict']> & { redo?: string }
  redoOf?: string
}
