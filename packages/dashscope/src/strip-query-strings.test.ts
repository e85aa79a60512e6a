import { stripQueryStrings } from './strip-query-strings.ts'

it('keeps signatures out of messages', () => {
  expect(
    stripQueryStrings('cannot fetch "https://b.s3/a.png?X-Amz-Signature=1&x=2", nor http://c/d. Why?'),
  ).toBe('cannot fetch "https://b.s3/a.png?…", nor http://c/d. Why?')
})
