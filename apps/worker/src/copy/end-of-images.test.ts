import type { Image } from '@restyle/shared/contract/edit'
import { endOfImages } from './end-of-images.ts'

const stored = { key: 'k', sha256: 's', bytes: 1, width: 2, height: 3, contentType: 'image/png' }
const failure = (code: string) => ({ code, message: `why ${code}` })

const end = (...images: Omit<Image, 'index'>[]) =>
  endOfImages(images.map((image, index) => ({ index, ...image })))

describe('an edit whose images', () => {
  it('are not all settled has not ended', () => {
    expect(end({ url: 'u' })).toBeUndefined()
    expect(end({ stored }, { url: 'u' })).toBeUndefined()
    expect(end({ url: 'u', spilledTo: 'here' }, { failure: failure('Missing') })).toBeUndefined()
  })

  it('are stored, one at least, succeeds', () => {
    expect(end({ stored })).toEqual({ state: 'succeeded' })
    expect(end({ failure: failure('ImageExpired') }, { stored })).toEqual({ state: 'succeeded' })
  })

  it('failed for one reason fails for that reason', () => {
    const failed = { state: 'failed', failure: failure('ImageExpired') }
    expect(end({ failure: failure('ImageExpired') })).toEqual(failed)
    expect(end({ failure: failure('ImageExpired') }, { failure: failure('ImageExpired') })).toEqual(failed)
  })

  it('failed for several reasons fails for the first one, and counts them', () => {
    const codes = ['ImageExpired', 'ImageBroken', 'ImageExpired', 'DataInspectionFailed']
    expect(end(...codes.map((code) => ({ failure: failure(code) })))).toEqual({
      state: 'failed',
      failure: {
        code: 'ImageExpired',
        message: 'no image could be stored: 2 ImageExpired, 1 ImageBroken, 1 DataInspectionFailed',
      },
    })
  })
})
