import { isShowable } from './showable.ts'

it('knows that nobody else reads what is stored at DashScope', () => {
  expect(isShowable('oss://dashscope-instant/a.png')).toBe(false)
  expect(isShowable('sha256:00')).toBe(true)
  expect(isShowable('https://pictures.example/a.png')).toBe(true)
})
