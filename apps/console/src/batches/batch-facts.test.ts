import { foretoldOf } from './batch-facts.ts'

it('asks for the forecasts of the newest twenty that have not ended', () => {
  const batches = Array.from({ length: 50 }, (_, at) => ({
    id: `b${at}`,
    ...(at % 2 === 0 ? {} : { completedAt: '2026-11-26T10:00:00Z' }),
  }))
  expect([...foretoldOf(batches)]).toEqual(Array.from({ length: 20 }, (_, at) => `b${2 * at}`))
})
