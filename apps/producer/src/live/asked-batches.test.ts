import { askedBatches, Batches, mostBatches } from './asked-batches.ts'

const faultOf = (text: string): string | undefined => Batches.safeParse(text).error?.issues[0]?.message

it('are ids with commas between them, each once, with the version of a map where one is said', () => {
  expect(askedBatches('batch_1:41,batch_2,batch_1:42')).toEqual([
    { id: 'batch_1', version: 42 },
    { id: 'batch_2', version: undefined },
  ])
})

it('are bounded, and nothing else', () => {
  const many = Array.from({ length: mostBatches }, (_, i) => `batch_${i}:1234567890123456`)
  expect(faultOf(many.join(','))).toBeUndefined()
  expect(faultOf([...many, 'batch_0'].join(','))).toBeUndefined()
  expect(faultOf([...many, 'one-more'].join(','))).toBe(
    `names more than ${mostBatches} batches: follow fewer in one stream`,
  )
  for (const wrong of ['', ',', 'a,', 'a b', 'a:', 'a:x', 'a:1:2', 'x'.repeat(65), `a:${'1'.repeat(17)}`])
    expect(faultOf(wrong)).toMatch(/^must be the id of a batch/)
})
