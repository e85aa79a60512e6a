import { AcceptedRequest } from './edit-request.ts'
import { askedOf, shownSource } from './asked.ts'

describe('what is shown of a request', () => {
  it.each([
    ['https://cdn.example.com/a/b.jpg', 'https://cdn.example.com/a/b.jpg'],
    ['https://cdn.example.com/a.jpg?X-Amz-Signature=5ec7e7&Expires=1', 'https://cdn.example.com/a.jpg'],
    ['https://cdn.example.com/a.jpg#5ec7e7', 'https://cdn.example.com/a.jpg'],
    ['s3://photos/a.jpg', 's3://photos/a.jpg'],
    ['data:image/png;base64,5ec7e7', 'data:image/png;base64'],
    [`https://cdn.example.com/${'a'.repeat(2_000)}`, `https://cdn.example.com/${'a'.repeat(976)}…`],
  ])('has of the source %.60s no more than where it is', (address, shown) => {
    expect(shownSource(address)).toBe(shown)
  })

  it('is all that was asked for, with what a view shows beside it', () => {
    const asked = {
      model: 'wan2.5-i2i-preview',
      prompt: 'on oak',
      negativePrompt: 'people',
      images: ['s3://photos/a.jpg'],
      n: 2,
      size: '1280*1280',
      seed: 7,
      promptExtend: false,
      watermark: true,
      key: '4711',
      class: 'bulk' as const,
      metadata: { sku: '4711' },
    }
    // a new field has to be shown, too
    expect(Object.keys(asked).toSorted()).toEqual(Object.keys(AcceptedRequest.shape).toSorted())
    const { model, prompt, key, metadata } = asked
    expect({ ...askedOf(asked), model, prompt, key, metadata }).toEqual(asked)
  })
})
