import { dispositionOf } from './disposition.ts'
import { rangeOf } from './range.ts'

describe('a range of 100 bytes', () => {
  it.each([
    ['bytes=0-9', { from: 0, to: 9 }],
    ['bytes=90-', { from: 90, to: 99 }],
    ['bytes=-10', { from: 90, to: 99 }],
    ['bytes=-200', { from: 0, to: 99 }],
    ['bytes=50-500', { from: 50, to: 99 }],
    ['bytes=100-', 'none'],
    ['bytes=-0', 'none'],
  ])('is read from %s', (header, range) => {
    expect(rangeOf(header, 100)).toEqual(range)
  })

  it.each([undefined, '', 'bytes=-', 'bytes=9-0', 'bytes=0-1,5-6', 'lines=0-1', 'bytes=a-b', 'bytes=0-1x'])(
    'is all of them for %j',
    (header) => {
      expect(rangeOf(header, 100)).toBeUndefined()
    },
  )

  it('of no bytes is none', () => {
    expect(rangeOf('bytes=-5', 0)).toBe('none')
  })
})

describe('the name of a picture', () => {
  it('is told in two spellings, and cannot end the header', () => {
    expect(dispositionOf('лампа "1"\r\n;x-0.png')).toBe(
      'inline; filename="_______1____x-0.png"; filename*=UTF-8\'\'%D0%BB%D0%B0%D0%BC%D0%BF%D0%B0%20%221%22%0D%0A%3Bx-0.png',
    )
    expect(dispositionOf("a'(b)*.png")).toContain("filename*=UTF-8''a%27%28b%29%2A.png")
  })
})
