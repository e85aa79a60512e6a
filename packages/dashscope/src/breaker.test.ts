import { afterSubmit, type BreakerState, editsToOpen, type SubmitSeen } from './breaker.ts'

const refusal = (
  editId: string,
  more: Partial<Extract<SubmitSeen, { kind: 'refused' }>> = {},
): SubmitSeen => ({
  kind: 'refused',
  editId,
  code: 'InvalidParameter',
  message: 'the field input is not known',
  action: 'failEdit',
  ...more,
})

/** Whether each submit of a row pauses the lane. */
function run(...row: SubmitSeen[]): boolean[] {
  let state: BreakerState
  return row.map((seen) => {
    const after = afterSubmit(state, seen)
    state = after.state
    return after.opens
  })
}

describe('the breaker of a lane', () => {
  it('opens when several different edits in a row are refused in the same words', () => {
    expect(editsToOpen).toBe(4)
    expect(run(refusal('a'), refusal('b'), refusal('c'), refusal('d'))).toEqual([false, false, false, true])
  })

  it('counts an edit once, however often it is refused', () => {
    expect(run(...Array.from({ length: 10 }, () => refusal('a')))).not.toContain(true)
  })

  it('sees through the request ids that messages quote', () => {
    const row = ['1', '2', '3', '4'].map((id) =>
      refusal(id, { message: `no way, request 0f8fad5b-d9cb-469f-a165-70867728950${id}` }),
    )
    expect(run(...row).at(-1)).toBe(true)
  })

  it.each<[string, SubmitSeen]>([
    ['an edit was accepted', { kind: 'accepted' }],
    ['another code was given', refusal('x', { code: 'BadRequest' })],
    ['another reason was given', refusal('x', { message: 'size 9*9 is too small' })],
    ['a picture was at fault', refusal('x', { code: 'DataInspectionFailed' })],
  ])('begins again where %s in between', (_, between) => {
    expect(run(refusal('a'), refusal('b'), refusal('c'), between, refusal('d'))).not.toContain(true)
  })

  it('takes no notice of a lane that is throttled or paused anyway', () => {
    const throttled = refusal('x', { code: 'Throttling', action: 'retryLater' })
    expect(run(refusal('a'), refusal('b'), refusal('c'), throttled, refusal('d'))).toEqual([
      false,
      false,
      false,
      false,
      true,
    ])
  })

  it('never opens over pictures, whatever a catalog is full of', () => {
    const broken = ['a', 'b', 'c', 'd', 'e'].map((id) =>
      refusal(id, { code: 'InvalidImage.FileFormat', message: 'bad' }),
    )
    expect(run(...broken)).not.toContain(true)
  })

  it('opens again at once for the one that tries after the pause, and closes when one is accepted', () => {
    const four = ['a', 'b', 'c', 'd'].map((id) => refusal(id))
    expect(run(...four, refusal('e'), { kind: 'accepted' }, refusal('f')).slice(3)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
})
