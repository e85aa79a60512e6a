import { models } from './models.ts'

const input = { prompt: 'make it blue', images: ['https://a/1.png', 'oss://b/2.png'], n: 2 }
const every = { ...input, size: '1280*960', seed: 7, watermark: true }

describe('a body', () => {
  it('of wan2.5 says everything that has a costly default', () => {
    const model = models['wan2.5-i2i-preview']
    expect(model.body(model, input)).toEqual({
      model: 'wan2.5-i2i-preview',
      input: { prompt: 'make it blue', images: input.images },
      parameters: { n: 2, prompt_extend: true, watermark: false },
    })
    expect(model.body(model, { ...every, negativePrompt: 'red', promptExtend: false })).toEqual({
      model: 'wan2.5-i2i-preview',
      input: { prompt: 'make it blue', images: input.images, negative_prompt: 'red' },
      parameters: { n: 2, size: '1280*960', seed: 7, prompt_extend: false, watermark: true },
    })
  })

  const content = [{ image: 'https://a/1.png' }, { image: 'oss://b/2.png' }, { text: 'make it blue' }]

  it('of wan2.6 never asks for an article', () => {
    const model = models['wan2.6-image']
    expect(model.body(model, { ...input, negativePrompt: 'red' })).toEqual({
      model: 'wan2.6-image',
      input: { messages: [{ role: 'user', content }] },
      parameters: {
        n: 2,
        size: '1K',
        negative_prompt: 'red',
        prompt_extend: true,
        watermark: false,
        enable_interleave: false,
      },
    })
  })

  it('of wan2.7 never asks for a set', () => {
    const model = models['wan2.7-image']
    expect(model.body(model, input)).toEqual({
      model: 'wan2.7-image',
      input: { messages: [{ role: 'user', content }] },
      parameters: { n: 2, size: '2K', watermark: false, enable_sequential: false },
    })
    expect(model.body(model, every)).toMatchObject({
      parameters: { size: '1280*960', seed: 7, watermark: true },
    })
  })
})

it.each(Object.entries(models))('the row of %s is its own and has a price in Beijing', (id, model) => {
  expect(model.id).toBe(id)
  expect(model.price.beijing?.output).toEqual({ currency: 'CNY', micros: 200_000 })
})
