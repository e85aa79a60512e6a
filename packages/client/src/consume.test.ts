import { refuse, startScriptedProducer } from '../test/scripted-producer.ts'

type Pull = { limit: number; wait: number; ack?: string[]; seenGap?: string }

let producer: Awaited<ReturnType<typeof startScriptedProducer>>
beforeEach(async () => {
  producer = await startScriptedProducer()
})
afterEach(() => producer.stop())

const taken = (...names: string[]) =>
  names.map((name) => ({ receipt: `${name}.1`, attempt: 1, event: { id: name } }))
const group = '/v1/event-groups/warehouse'

/** Answers pulls one after another; what is left over is an empty answer without end. */
function script(answers: ((response: Parameters<typeof refuse>[0]) => unknown)[], visibilitySeconds = 60) {
  producer.scripted.answer = ({ call, body }, response) => {
    if (call === `PUT ${group}`) return { name: 'warehouse', attempts: 10, visibilitySeconds }
    if (call !== `POST ${group}/pull`)
      return { settled: (JSON.parse(body) as { receipts: string[] }).receipts.length }
    const answer = answers.shift()
    return answer === undefined ? { events: [] } : answer(response)
  }
}
const calls = () =>
  producer.seen.map(({ call, body }) => [call.split(`${group}`)[1] || 'set', JSON.parse(body)])
const pulls = () => calls().flatMap(([what, body]) => (what === '/pull' ? [body as Pull] : []))
const settled = () => calls().filter(([what]) => what !== '/pull' && what !== 'set')

/** Takes as many events as asked for, then leaves within the last one. */
async function consume(count: number, more: object = {}) {
  const got: string[] = []
  for await (const { id } of producer.client().events({ group: 'warehouse', ...more })) {
    got.push(id)
    if (got.length === count) break
  }
  return got
}

describe('the events of a group', () => {
  it('are acknowledged at the next pull, and what was not handled is given back', async () => {
    script([() => ({ events: taken('a', 'b') }), () => ({ events: taken('c', 'd', 'e') })])
    expect(await consume(4, { limit: 3, attempts: 5 })).toEqual(['a', 'b', 'c', 'd'])
    expect(calls()[0]).toEqual(['set', { attempts: 5 }])
    expect(pulls()).toEqual([
      { limit: 3, wait: 30 },
      { limit: 3, wait: 30, ack: ['a.1', 'b.1'] },
    ])
    expect(settled()).toHaveLength(3)
    expect(settled()).toEqual(
      expect.arrayContaining([
        ['/ack', { receipts: ['c.1'] }],
        // the handling of d did not come to its end
        ['/return', { receipts: ['d.1'] }],
        ['/return', { receipts: ['e.1'], untried: true }],
      ]),
    )
  })

  it('are given back where their handler throws', async () => {
    script([() => ({ events: taken('a', 'b') })])
    const handling = async () => {
      for await (const { id } of producer.client().events({ group: 'warehouse' })) throw new Error(id)
    }
    await expect(handling()).rejects.toThrow('a')
    expect(settled()).toEqual(
      expect.arrayContaining([
        ['/return', { receipts: ['a.1'] }],
        ['/return', { receipts: ['b.1'], untried: true }],
      ]),
    )
  })

  it('are acknowledged although the next pull fails, and are pulled again after each break', async () => {
    script([
      () => ({ events: taken('a') }),
      ...Array(7).fill(() => undefined),
      (response) => {
        response.setHeader('retry-after', '9')
        return refuse(response, 503, 'unavailable')
      },
      () => ({ events: taken('b') }),
    ])
    const breaks: string[] = []
    expect(await consume(2, { onBreak: ({ code }: { code: string }) => breaks.push(code) })).toEqual([
      'a',
      'b',
    ])
    expect(pulls().at(-1)).toMatchObject({ ack: ['a.1'] })
    expect(breaks).toEqual(['no-answer'])
    expect(producer.waits).toContain(9000)
  })

  it('go on from a group that the ledger has lost, and not from one that cannot be made', async () => {
    script([(response) => refuse(response, 404, 'not-found'), () => ({ events: taken('a') })])
    expect(await consume(1)).toEqual(['a'])
    expect(calls().filter(([what]) => what === 'set')).toHaveLength(2)
    script([(response) => refuse(response, 403, 'forbidden')])
    await expect(consume(1)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('that are gone are told, and are an error where nobody hears of them', async () => {
    const gap = { after: '1-0', upTo: '5-0' }
    script([() => ({ events: taken('a'), gap }), () => ({ events: taken('b') })])
    const gaps: unknown[] = []
    expect(await consume(2, { onGap: (told: unknown) => gaps.push(told) })).toEqual(['a', 'b'])
    expect(gaps).toEqual([gap])
    expect(pulls()[1]).toMatchObject({ seenGap: '5-0' })
    script([() => ({ events: taken('a'), gap })])
    await expect(consume(1)).rejects.toMatchObject({ code: 'events-gone' })
    expect(settled()).toContainEqual(['/return', { receipts: ['a.1'], untried: true }])
  })

  it('are held on to while those before them take long, unless somebody else has them', async () => {
    script([() => ({ events: taken('a', 'b') }), () => ({ events: taken('c') })], 0)
    expect(await consume(2)).toEqual(['a', 'b'])
    expect(settled().slice(0, 2)).toEqual([
      ['/extend', { receipts: ['a.1', 'b.1'] }],
      ['/ack', { receipts: ['a.1'] }],
    ])
  })

  it('are left alone where somebody else may have some of them by now', async () => {
    const stop = new AbortController()
    script(
      [
        () => ({ events: taken('a', 'b') }),
        () => {
          stop.abort(new Error('enough'))
          return null
        },
      ],
      0,
    )
    const { answer } = producer.scripted
    producer.scripted.answer = (seen, response) =>
      seen.call.endsWith('/extend') ? { settled: 1 } : answer(seen, response)
    await expect(consume(1, { signal: stop.signal })).rejects.toThrow('enough')
    expect(settled()).toContainEqual(['/return', { receipts: ['a.1', 'b.1'], untried: true }])
  })

  it('end with the signal, and are acknowledged before', async () => {
    const stop = new AbortController()
    script([
      () => ({ events: taken('a') }),
      () => {
        stop.abort(new Error('enough'))
        return null
      },
    ])
    await expect(consume(9, { signal: stop.signal })).rejects.toThrow('enough')
    expect(settled()).toEqual([['/ack', { receipts: ['a.1'] }]])
  })
})
