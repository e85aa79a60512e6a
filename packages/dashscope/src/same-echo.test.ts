import { sameEcho } from './same-echo.ts'

const long = 'a warm evening light over the table '.repeat(20).trim()

describe('the echo of a prompt', () => {
  it.each([
    ['as it was', 'make it blue', 'make it blue'],
    ['in another Unicode form', 'caf\u00e9', 'cafe\u0301'],
    ['with other blanks and line ends', ' make\r\nit  blue\t', 'make it blue'],
    ['with an ideographic blank', '蓝色\u3000背景', '蓝色 背景'],
    ['with U+FFFD for half of a character', 'blue \ud83d sky', 'blue \ufffd sky'],
    ['without marks that have no width', 'make\u200b it blue\ufeff', 'make it blue'],
  ])('is the same %s', (_, prompt, echoed) => {
    expect(sameEcho(prompt, echoed)).toBe('same')
  })

  it.each([
    ['empty', 'make it blue', ''],
    ['in another case', 'Make it Blue', 'make it blue'],
    ['in wide letters', 'blue', 'ｂｌｕｅ'],
    ['with entities', 'salt & "pepper"', 'salt &amp; &quot;pepper&quot;'],
    ['without its punctuation', 'blue, please!', 'blue please'],
    ['cut at some hundred characters', long, long.slice(0, 600)],
    ['cut with a mark', 'make it blue and bright', 'make it blue…'],
    ['with a question mark for a character', 'blue 😀 sky', 'blue ?? sky'],
    ['with nothing left of it', '蓝色背景', '????'],
    ['with lost characters at both ends', '蓝 and 红', '? and ?'],
    ['with U+FFFD for a character', 'déjà vu in blue', 'd\ufffdj\ufffd vu in blue'],
  ])('is near %s', (_, prompt, echoed) => {
    expect(sameEcho(prompt, echoed)).toBe('near')
  })

  it.each([
    ['of another product in the same words', 'put the lamp on a beach', 'put the vase on a beach'],
    ['of a prompt that goes on', 'make it blue', 'make it blue with stars'],
    ['of a prompt that ends earlier', 'make it blue with stars', 'make it blue'],
    ['in another language', '蓝色背景', '红色背景'],
    ['in another language, though something was lost', '蓝色?', '红色?'],
    ['in other words, though something was lost', 'a blue 天 sky', 'a ? red sky'],
    ['with another number', 'variant 1 of 3', 'variant 2 of 3'],
  ])('is different %s', (_, prompt, echoed) => {
    expect(sameEcho(prompt, echoed)).toBe('different')
  })
})
