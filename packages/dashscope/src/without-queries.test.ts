import { withoutQueries } from './without-queries.ts'

it('keeps signatures out of messages', () => {
  expect(
    withoutQueries('cannot fetch "https://b.s3/a.png?X-Amz-Signature=1&x=2", nor http://c/d. Why?'),
  ).toBe('cannot fetch "https://b.s3/a.png?…", nor http://c/d. Why?')
})
