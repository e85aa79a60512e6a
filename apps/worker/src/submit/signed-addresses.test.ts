import { signedUntil } from './signed-addresses.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const signed = (date: string, seconds: number) =>
  `https://b.example.com/lamp.png?X-Amz-Date=${date}&X-Amz-Expires=${seconds}&X-Amz-Signature=secret`

describe('signed addresses', () => {
  it('hold until the first of them ends, and a minute more for clocks that differ', () => {
    const hour = signed('20260302T113000Z', 3_600)
    const day = signed('20260302T113000Z', 86_400)
    expect(signedUntil([day, hour, 'https://b.example.com/a.png'], now)).toBe(
      Date.parse('2026-03-02T12:31:00Z'),
    )
    expect(signedUntil([signed('20260302T110000Z', 3_600)], now)).toBe(now + 60_000)
  })

  it.each([
    [['https://b.example.com/a.png', 'https://b.example.com/a.png?v=7']],
    [['s3://photos/a.png?Expires=1&Signature=x', `sha256:${'0'.repeat(64)}`, 'oss://a/b/2026-03-01/c/d.png']],
  ])('are not %j', (images) => expect(signedUntil(images, now)).toBe(Infinity))

  it('that are over are no sources, and are named without what opens them', () => {
    const error = catchError(() => signedUntil([signed('20260302T105900Z', 3_600)], now))
    expect(error).toMatchObject({
      failure: {
        code: 'SourceExpired',
        message:
          'the source https://b.example.com/lamp.png was signed until 2026-03-02T11:59:00.000Z, which was over before the edit had its turn',
      },
    })
  })
})

function catchError(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
