import { faultsOfPicture, faultsOfSpec, type EditSpec } from './accepts.ts'
import { findModel, models } from './models.ts'

const wan25 = models['wan2.5-i2i-preview']
const fine: EditSpec = { prompt: 'make it blue', images: 1, n: 1 }
const messagesOf = (spec: Partial<EditSpec>, model = wan25) =>
  faultsOfSpec(model, { ...fine, ...spec }).map((fault) => fault.message)

describe('an edit', () => {
  it.each<[string, Partial<EditSpec>]>([
    ['plain', {}],
    [
      'with every wish',
      {
        negativePrompt: 'red',
        size: '1280*960',
        seed: 0,
        promptExtend: false,
        watermark: true,
        n: 4,
        images: 3,
      },
    ],
    ['of the longest prompt', { prompt: '蓝'.repeat(2000) }],
    ['whose letters take two units each', { prompt: '😀'.repeat(2000), negativePrompt: '😀'.repeat(500) }],
    ['of the smallest and widest size', { size: '1536*384' }],
    ['of the largest size', { size: '1280*1280' }],
    ['of the largest seed', { seed: 2_147_483_647 }],
  ])('%s is accepted', (_, spec) => {
    expect(messagesOf(spec)).toEqual([])
  })

  it.each<[Partial<EditSpec>, string]>([
    [{ prompt: '' }, 'prompt is empty; wan2.5-i2i-preview needs 1 to 2000 characters'],
    [{ prompt: ' \n ' }, 'prompt is empty; wan2.5-i2i-preview needs 1 to 2000 characters'],
    [{ prompt: 'a'.repeat(2310) }, 'prompt has 2310 characters; wan2.5-i2i-preview takes at most 2000'],
    [{ prompt: '😀 blue \ud83d sky' }, 'prompt holds half of a character (at position 9): write it again'],
    [
      { negativePrompt: '\ude00' },
      'negativePrompt holds half of a character (at position 1): write it again',
    ],
    [
      { negativePrompt: 'a'.repeat(501) },
      'negativePrompt has 501 characters; wan2.5-i2i-preview takes at most 500',
    ],
    [{ images: 0 }, 'images is 0; wan2.5-i2i-preview takes 1 to 3'],
    [{ images: 4 }, 'images is 4; wan2.5-i2i-preview takes 1 to 3'],
    [{ n: 0 }, 'n is 0; wan2.5-i2i-preview takes 1 to 4'],
    [{ n: 5 }, 'n is 5; wan2.5-i2i-preview takes 1 to 4'],
    [{ n: 1.5 }, 'n is 1.5; wan2.5-i2i-preview takes 1 to 4'],
    [{ n: Number.NaN }, 'n is NaN; wan2.5-i2i-preview takes 1 to 4'],
    [{ seed: -1 }, 'seed is -1; wan2.5-i2i-preview takes 0 to 2147483647'],
    [{ seed: 2_147_483_648 }, 'seed is 2147483648; wan2.5-i2i-preview takes 0 to 2147483647'],
    [
      { size: '1024x1024' },
      'size "1024x1024" is not understood; wan2.5-i2i-preview takes W*H as in 1280*960',
    ],
    [{ size: '1K' }, 'size "1K" is not understood; wan2.5-i2i-preview takes W*H as in 1280*960'],
    [{ size: '' }, 'size "" is not understood; wan2.5-i2i-preview takes W*H as in 1280*960'],
    [{ size: '1281*1280' }, 'size 1281*1280 has 1639680 pixels; wan2.5-i2i-preview takes 589824 to 1638400'],
    [{ size: '767*768' }, 'size 767*768 has 589056 pixels; wan2.5-i2i-preview takes 589824 to 1638400'],
    [{ size: '400*1604' }, 'size 400*1604 is too narrow or too wide; wan2.5-i2i-preview takes 1:4 to 4:1'],
    [{ size: '1604*400' }, 'size 1604*400 is too narrow or too wide; wan2.5-i2i-preview takes 1:4 to 4:1'],
  ])('is refused for %p', (spec, message) => {
    expect(messagesOf(spec)).toEqual([message])
  })

  it('is told of all its faults at once, each by its field', () => {
    const faults = faultsOfSpec(wan25, { prompt: '', images: 9, n: 9, size: 'big', seed: -1 })
    expect(faults.map((fault) => fault.field)).toEqual(['prompt', 'images', 'n', 'size', 'seed'])
  })

  it('is refused for a wish that the model does not know, whatever its value', () => {
    expect(messagesOf({ promptExtend: false, negativePrompt: '' }, models['wan2.7-image'])).toEqual([
      'wan2.7-image does not know negativePrompt; leave it out',
      'wan2.7-image does not know promptExtend; leave it out',
    ])
  })

  it('may name a class of size where the model has one', () => {
    expect(messagesOf({ size: '2K', images: 9, prompt: 'a'.repeat(5000) }, models['wan2.7-image'])).toEqual(
      [],
    )
    expect(messagesOf({ size: '4K' }, models['wan2.6-image'])).toEqual([
      'size "4K" is not understood; wan2.6-image takes 1K, 2K, W*H as in 1280*960',
    ])
  })
})

describe('a picture', () => {
  const picture = { format: 'jpeg', width: 1000, height: 800, bytes: 500_000 }

  it.each([{}, { format: 'JPG' }, { format: 'webp' }, { width: 384, height: 1536 }, { bytes: 10_485_760 }])(
    'is accepted with %p',
    (change) => {
      expect(faultsOfPicture(wan25, { ...picture, ...change })).toEqual([])
    },
  )

  it.each([
    [{ format: 'gif' }, 'format', 'format is gif; wan2.5-i2i-preview takes jpeg, png, bmp, webp'],
    [{ width: 383 }, 'width', 'width is 383 px; wan2.5-i2i-preview takes 384 to 5000'],
    [{ height: 5001, width: 5000 }, 'height', 'height is 5001 px; wan2.5-i2i-preview takes 384 to 5000'],
    [
      { width: 400, height: 1601 },
      'ratio',
      '400*1601 is too narrow or too wide; wan2.5-i2i-preview takes 1:4 to 4:1',
    ],
    [{ bytes: 10_485_761 }, 'bytes', 'file is 10485761 bytes; wan2.5-i2i-preview takes 1 to 10485760'],
    [{ bytes: 0 }, 'bytes', 'file is 0 bytes; wan2.5-i2i-preview takes 1 to 10485760'],
  ])('is refused for %p', (change, field, message) => {
    expect(faultsOfPicture(wan25, { ...picture, ...change })).toEqual([{ field, message }])
  })

  it('may have any ratio where the model states none', () => {
    expect(faultsOfPicture(models['wan2.6-image'], { ...picture, width: 8000, height: 240 })).toEqual([])
  })
})

it('finds models by their names only', () => {
  expect(findModel('wan2.6-image')).toBe(models['wan2.6-image'])
  expect(findModel('toString')).toBeUndefined()
})
