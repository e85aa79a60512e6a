import { createHash } from 'node:crypto'
import { preparationVersion } from '@restyle/shared/picture/picture-change'
import type { LocalPicture, PlannedEdit } from './check-row.ts'
import { fingerprintOf } from './fingerprint.ts'

const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string]
const edit: PlannedEdit = {
  model: 'm',
  n: 1,
  prompt: 'on oak',
  images: [`sha256:${a}`],
  key: 'k',
  size: '1*1',
}
const local = (sha256: string, prepared?: LocalPicture['prepared']): LocalPicture => ({
  path: '/x.png',
  picture: { format: 'png', width: 1, height: 1, bytes: 1 },
  sha256,
  ...(prepared === undefined ? {} : { prepared }),
})
const fit = { width: [1, 5], height: [1, 5], bytes: [1, 5], formats: [] } as unknown as NonNullable<
  LocalPicture['prepared']
>['fit']
const prepared = { of: b, changes: [], fit, background: 'white' }

describe('a fingerprint', () => {
  it('is fit to be sent with a row', () => expect(fingerprintOf(edit, [local(a)])).toMatch(/^v1-[\w-]{43}$/))

  it.each([
    ['the order of its fields', Object.fromEntries(Object.entries(edit).toReversed()) as PlannedEdit],
    ['its key', { ...edit, key: 'other' }],
    ['its turn', { ...edit, class: 'bulk' as const }],
    ['its metadata', { ...edit, metadata: { a: 'b' } }],
    ['columns of its author', { ...edit, columns: { a: 'b' } }],
    ['what is absent', { ...edit, seed: undefined } as unknown as PlannedEdit],
  ])('does not depend on %s', (_, other) =>
    expect(fingerprintOf(other, [local(a)])).toBe(fingerprintOf(edit, [local(a)])),
  )

  it.each([
    ['prompt', { ...edit, prompt: 'on slate' }],
    ['number of images', { ...edit, n: 2 }],
    ['seed', { ...edit, seed: 1 }],
    ['size', { ...edit, size: '2*2' }],
    ['model', { ...edit, model: 'x' }],
    ['picture', { ...edit, images: [`sha256:${b}`] }],
    ['number of pictures', { ...edit, images: [`sha256:${a}`, `sha256:${a}`] }],
    ['address', { ...edit, images: ['https://example.com/a.png?v=2'] }],
  ])('is another with another %s', (_, other) =>
    expect(fingerprintOf(other, [local(a)])).not.toBe(fingerprintOf(edit, [local(a)])),
  )

  it('is of the file that a picture was made of, and of how it was made', () => {
    const made = fingerprintOf(edit, [local(a, prepared)])
    // another program may write other bytes of the same picture
    expect(fingerprintOf({ ...edit, images: [`sha256:${c}`] }, [local(c, prepared)])).toBe(made)
    expect(fingerprintOf(edit, [local(a, { ...prepared, of: c })])).not.toBe(made)
    expect(fingerprintOf(edit, [local(a, { ...prepared, background: 'black' })])).not.toBe(made)
    expect(fingerprintOf({ ...edit, images: [`sha256:${b}`] }, [local(b)])).not.toBe(made)
  })

  it('is another where pictures are made ready in another way than before', () => {
    const asked = Object.entries(edit)
      .filter(([name]) => name !== 'images' && name !== 'key')
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
    const printed = (version: number) =>
      `v1-${createHash('sha256')
        .update(JSON.stringify([asked, [[`sha256:${b}`, version, 'white', fit]]]))
        .digest('base64url')}`
    expect(fingerprintOf(edit, [local(a, prepared)])).toBe(printed(preparationVersion))
    expect(printed(preparationVersion)).not.toBe(printed(preparationVersion + 1))
  })

  it('of a picture in a bucket is that of its bytes, where they were read', () => {
    const inBucket = { ...edit, images: ['s3://photos/a.png'] }
    const read = (sha256: string) =>
      fingerprintOf(inBucket, [], new Map([['s3://photos/a.png', `sha256:${sha256}`]]))
    expect(read(a)).not.toBe(read(b))
    expect(read(a)).toBe(fingerprintOf(edit, []))
    expect(fingerprintOf(inBucket, [])).not.toBe(read(a))
  })
})
