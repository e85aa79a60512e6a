import { Operation } from '../contract/verdict.ts'
import { type Answer, type LedgerContext, toFields, unreadable, whyUnreadable } from './record.ts'

/** So long an operation is known, and can be undone. */
const keptSeconds = 30 * 24 * 3600

/** Operations of one producer: kept, with so many rows in all, and those that go on at a time. */
const [mostKept, mostRows, mostOpen] = [1_000, 10_000_000, 10]

/** Rows in one call: Redis serves nobody else meanwhile. */
const sliceRows = 500

/** A new operation. `bodyHash`: the same id with the same one is a repeat. */
export type NewOperation = Pick<
  Operation,
  'id' | 'producer' | 'batch' | 'verdict' | 'by' | 'bodyHash' | 'matched' | 'skipped'
>

/** `busy`: its producer has as many that go on as it may have. `full`: the batch had too many. `none`: there is no such batch. */
export type OperationOpened = 'opened' | 'known' | 'conflict' | 'busy' | 'full' | 'none'

/** Orders to judge many rows of a batch, which are carried out in slices by whoever calls. */
export type Operations = {
  /** `rows`: a byte for each row up to the last that is meant: the verdict that it has (`verdictByte`), or 0. */
  openOperation(operation: NewOperation, rows: Buffer): Promise<OperationOpened>
  /** Goes on with one: some 500 rows. False where nothing is left to do. */
  carryOperation(id: string): Promise<boolean>
  /** undefined where there is none, or none any more. */
  readOperation(id: string): Promise<Operation | undefined>
  /** Ends it where it is. */
  abortOperation(id: string): Promise<'done' | 'same' | 'none'>
  /** Has each row get back what it had before, unless it was judged since. */
  undoOperation(id: string): Promise<'done' | 'same' | 'none'>
  /** The ids of those that go on. */
  openOperations(): Promise<string[]>
}

export const openOperations = ({ redis, keys, run }: LedgerContext): Operations => {
  const turn = async (id: string, to: 'aborted' | 'undoing') => {
    const [kind] = (await run('turn-operation', [keys.operation(id)], { to })) as Answer
    return kind as 'done' | 'same' | 'none'
  }
  return {
    openOperation: async (operation, rows) => {
      const names = [
        keys.operation(operation.id),
        keys.batch(operation.batch),
        keys.operationRows(operation.id),
      ]
      if ((await redis.exists(keys.operation(operation.id))) === 0)
        await redis.set(keys.operationRows(operation.id), rows, 'EX', 3600, 'NX')
      const ask = { fields: toFields(operation), mostKept, mostRows, mostOpen, keptSeconds }
      const [kind] = (await run('open-operation', names, ask)) as Answer
      return kind as OperationOpened
    },
    carryOperation: async (id) =>
      Number(await run('carry-operation', [keys.operation(id)], { count: sliceRows, keptSeconds })) === 1,
    readOperation: async (id) => {
      const fields = await redis.hgetall(keys.operation(id))
      if (fields['id'] === undefined) return undefined
      const read = Operation.safeParse(fields)
      if (!read.success) throw unreadable('operation', id, whyUnreadable(read.error))
      return read.data
    },
    abortOperation: (id) => turn(id, 'aborted'),
    undoOperation: (id) => turn(id, 'undoing'),
    openOperations: async () =>
      (await redis.smembers(keys.openOperations)).flatMap((name) => name.split(' ').slice(1)),
  }
}
