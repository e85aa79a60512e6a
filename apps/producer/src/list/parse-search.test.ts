import { isCode, parseSearch } from './parse-search.ts'

const none = {
  text: undefined,
  keyPrefix: undefined,
  prompts: [],
  code: undefined,
  states: [],
  verdict: undefined,
  batch: undefined,
  from: undefined,
  to: undefined,
}

it.each([
  ['LAMP-0471', { text: 'LAMP-0471' }],
  ['LAMP-*', { text: 'LAMP-' }],
  ['  spring   catalog ', { text: 'spring catalog' }],
  ['"spring  catalog"', { text: 'spring  catalog' }],
  ['"sku:12"', { text: 'sku:12' }],
  ['key:LAMP* state:failed', { keyPrefix: 'LAMP', states: ['failed'] }],
  ['STATE:failed,running state:queued', { states: ['failed', 'running', 'queued'] }],
  ['verdict:none state:succeeded', { verdict: 'none', states: ['succeeded'] }],
  ['prompt:"Warm OAK" prompt:table', { prompts: ['warm oak', 'table'] }],
  ['code:DataInspectionFailed batch:"spring 2"', { code: 'DataInspectionFailed', batch: 'spring 2' }],
  ['灯-1 key:"ランプ"', { text: '灯-1', keyPrefix: 'ランプ' }],
  [
    'after:2026-03-02 before:2026-03-03T10:00:00+08:00',
    { from: Date.UTC(2026, 2, 2), to: Date.UTC(2026, 2, 3, 2) },
  ],
])('reads %s', (line, sought) => {
  expect(parseSearch(line)).toEqual({ kind: 'sought', sought: { ...none, ...sought } })
})

it.each([
  ['', 'say what to look for'],
  ['   ', 'say what to look for'],
  ['prompt:"oak', 'a quote is not closed'],
  ['sku:12', 'sku: is not known: use key:, prompt:, '],
  ['sku:12', 'or quote it: "sku:12"'],
  ['key:', 'key: has no value'],
  ['""', 'a word: has no value'],
  ['key: LAMP', 'key: has no value'],
  ['key:a key:b', 'key: is there more than once'],
  ['state:lost', 'state:lost is none of queued, '],
  ['verdict:good', 'verdict:good is none of approved, rejected, redo, none'],
  ['before:yesterday', 'take a day such as 2026-03-02'],
  ['before:2026-13-45', 'take a day such as 2026-03-02'],
  ['a b c d e f g h i j k l m', 'more than 12 words'],
])('says what is wrong with %j: %s', (line, detail) => {
  expect(parseSearch(line)).toEqual({ kind: 'fault', detail: expect.stringContaining(detail) })
})

it('takes a code for all longer codes that it begins', () => {
  expect(isCode('InternalError.Timeout', 'internalerror')).toBe(true)
  expect(isCode('InternalErrors', 'InternalError')).toBe(false)
})
