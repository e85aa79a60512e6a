import { defaultKeyTemplate, faultOfTemplate, imageKey, receiptKey, sourceKey } from './object-key.ts'

const edit = { id: 'edit_1', producer: 'acme', batch: 'batch_1', key: 'mug' }

describe('imageKey', () => {
  it('fills every word of the template', () => {
    expect(imageKey(defaultKeyTemplate, edit, 2, 'png')).toBe('acme/batch_1/mug/2.png')
    expect(imageKey('out/{edit}-{index}.{ext}', edit, 0, 'jpg')).toBe('out/edit_1-0.jpg')
  })

  it('has an edit that came alone be its own batch, so that two keys called 1 do not meet', () => {
    expect(imageKey(defaultKeyTemplate, { ...edit, batch: '', key: '1' }, 0, 'png')).toBe(
      'acme/edit_1/1/0.png',
    )
  })

  it('takes a key for what it is, even if it looks like a template', () => {
    expect(imageKey(defaultKeyTemplate, { ...edit, key: '{index}$&' }, 0, 'png')).toBe(
      'acme/batch_1/{index}$&/0.png',
    )
  })
})

describe('faultOfTemplate', () => {
  it.each([
    defaultKeyTemplate,
    '{edit}/{index}',
    '{batch}/{key}-{index}.{ext}',
    'key-{key}/{edit}/{index}',
    'receipts-of-{producer}/{edit}/{index}',
    'shop/receipts/{edit}/{index}',
  ])('takes %s', (template) => {
    expect(faultOfTemplate(template)).toBeUndefined()
  })

  it.each([
    ['{batch}/{key}.{ext}', 'needs {index}'],
    ['{producer}/{key}/{index}', 'needs {edit}, or {batch} and {key}'],
    ['{batch}/{index}', 'needs {edit}, or {batch} and {key}'],
    ['{edit}/{index}/{sku}', '{sku} is not one of'],
    ['{edit}/{index}/{}', '{} is not one of'],
    ['/{edit}/{index}', 'must not begin with a slash'],
    ['shop//{edit}/{index}', 'empty part'],
    ['../{edit}/{index}', 'empty part, . or ..'],
    ['{ext}/{edit}/{index}', 'only at its end'],
    ['{edit}/{ext}-{index}.{ext}', 'only at its end'],
    ['{edit}{key}/{index}', 'something between two words'],
    ['a\0/{edit}/{index}', 'control characters'],
    ['receipts/{edit}/{index}', 'could lead into receipts/'],
    ['sources/{producer}/{edit}/{index}', 'could lead into sources/'],
    ['collisions/{edit}/{index}', 'could lead into collisions/'],
    ['.restyle/{edit}/{index}', 'could lead into .restyle/'],
    // a producer may call its key receipts
    ['{key}/{edit}/{index}', 'could lead into receipts/'],
    ['sour{key}/{edit}/{index}', 'could lead into sources/'],
    [`{edit}/{key}/{key}/{index}`, 'bytes; a bucket takes 1024'],
  ])('refuses %s: %s', (template, fault) => {
    expect(faultOfTemplate(template)).toContain(fault)
  })
})

it('what a key holds at most fits what the bucket takes, in the longest of alphabets', () => {
  const longest = {
    ...edit,
    producer: 'p'.repeat(63),
    batch: `batch_${'z'.repeat(26)}`,
    key: '灯'.repeat(200),
  }
  expect(Buffer.byteLength(imageKey(defaultKeyTemplate, longest, 3, 'webp'))).toBeLessThanOrEqual(1024)
})

it('sources and receipts lie apart from the images', () => {
  expect(sourceKey('acme', 'ab')).toBe('sources/acme/ab')
  expect(receiptKey('edit_1', 3, 'intent')).toBe('receipts/edit_1/3/intent')
})
