import type { Edit } from '@restyle/shared/contract/edit'
import { acceptancesOf, writeAcceptance } from '@restyle/shared/receipt/acceptance'
import { claimTask, readAttempt, readClaim, writeAnswer, writeIntent } from '@restyle/shared/receipt/receipt'
import { asked } from '../ledger/ledger-world.ts'
import { type Bucket, openBucket } from '../model/bucket.ts'

let bucket: Bucket
beforeEach(() => {
  bucket = openBucket()
})

const edit = {
  ...asked('e'),
  attempt: 1,
  lane: 'one',
  intentAt: 1,
  leaseUntil: 2,
  tries: 0,
} as unknown as Edit
const other = { ...edit, id: 'other' }
const accepted = (taskId: string) => ({ v: 1 as const, outcome: 'accepted' as const, taskId, at: 1 })
const none = { v: 1, outcome: 'none', code: 'ProvenAbsent', at: 1 } as const

describe('the receipt of an attempt', () => {
  it('is created by one process: all others may not send its POST, and their own stays theirs', async () => {
    expect(await writeIntent(bucket.store, edit, 'first')).toBe('mine')
    expect(await writeIntent(bucket.store, edit, 'second')).toBe('theirs')
    // the answer to its own was lost
    expect(await writeIntent(bucket.store, edit, 'first')).toBe('mine')
  })

  it('has one answer: the first that was written counts, whoever asks again', async () => {
    expect(await writeAnswer(bucket.store, edit, accepted('t'))).toMatchObject({ taskId: 't' })
    expect(await writeAnswer(bucket.store, edit, none)).toMatchObject({ outcome: 'accepted', taskId: 't' })
    expect((await readAttempt(bucket.store, 'e', 1)).answer).toMatchObject({ taskId: 't' })
  })

  it('leaves a task to the edit that claimed it first', async () => {
    expect(await claimTask(bucket.store, edit, 't')).toBe(true)
    expect(await claimTask(bucket.store, edit, 't')).toBe(true)
    expect(await claimTask(bucket.store, other, 't')).toBe(false)
  })

  it('says with its answer whose the task is', async () => {
    await writeAnswer(bucket.store, edit, accepted('t'))
    expect(await readClaim(bucket.store, 'one', 't')).toEqual({ editId: 'e', attempt: 1 })
  })
})

it('a promise is found in the hour in which it was made, and in no other', async () => {
  const at = Date.parse('2026-03-02T21:59:59Z')
  await writeAcceptance(bucket.store, 'edit_1', { v: 1, edits: [asked('edit_1')] }, at)
  const found = async (hour: number) => {
    const ids: string[] = []
    for await (const { id } of acceptancesOf(bucket.store, hour)) ids.push(id)
    return ids
  }
  expect(await found(at - 3_000_000)).toEqual(['edit_1'])
  expect(await found(at + 1_000)).toEqual([])
})
