import type { Facts } from '../../src/chaos/facts.ts'
import { brokenBy } from './fine-facts.ts'

describe('the checker', () => {
  describe('of an edit that was canceled', () => {
    const cancel = (facts: Facts, outcome: 'canceled' | 'canceling', at: number): void => {
      facts.canceled.push({ editId: 'e1', outcome, at })
    }
    /** As if it had been canceled before anything was submitted. */
    const ended = (facts: Facts): void => {
      for (const edit of facts.ledger)
        Object.assign(edit, { state: 'canceled', stored: [], taskId: undefined })
      for (const each of facts.deliveries) each.state = 'canceled'
      for (const books of [facts.images, facts.tasks, facts.posts]) books.splice(0)
    }

    it('allows its image to be stored where it was admitted before', () => {
      expect(brokenBy((facts) => cancel(facts, 'canceling', 20))).toEqual([])
    })

    it('notices a submit after the answer, and an end that is another than was said', () => {
      expect(brokenBy((facts) => cancel(facts, 'canceling', -60_000))).toEqual(['I10'])
      expect(brokenBy((facts) => cancel(facts, 'canceled', 20))).toEqual(['I10'])
      expect(brokenBy((facts) => (ended(facts), cancel(facts, 'canceled', 20)))).toEqual([])
    })

    it('promises less where Redis forgot the order', () => {
      const forget = (facts: Facts) => Object.assign(facts, { struck: new Set(['redis-rewind']) })
      expect(brokenBy((facts) => (forget(facts), cancel(facts, 'canceled', -60_000)))).toEqual([])
    })

    it('notices that its paid image is lost', () => {
      const forgotten = (facts: Facts): void => {
        for (const edit of facts.ledger) Object.assign(edit, { state: 'canceled', stored: [] })
        for (const each of facts.deliveries) each.state = 'canceled'
        facts.images.splice(0)
        cancel(facts, 'canceling', 20)
      }
      expect(brokenBy(forgotten)).toEqual(['I3'])
      const forget = (facts: Facts) => Object.assign(facts, { struck: new Set(['redis-rewind']) })
      expect(brokenBy((facts) => (forgotten(facts), forget(facts)))).toEqual(['I3'])
    })

    it('may be told as canceled before it was opened again, only where Redis forgot', () => {
      const both = (facts: Facts): void => {
        const [told] = facts.deliveries
        if (told === undefined) throw new Error('nothing was told')
        const canceled = { eventId: 'e1-canceled', type: 'restyle.edit.canceled', state: 'canceled' }
        facts.deliveries.unshift({ ...told, ...canceled })
        cancel(facts, 'canceling', 20)
      }
      const forget = (facts: Facts) => Object.assign(facts, { struck: new Set(['redis-rewind']) })
      expect(brokenBy(both)).toEqual(['I4'])
      expect(brokenBy((facts) => (both(facts), forget(facts)))).toEqual([])
    })
  })

  describe('of a row that was canceled at rest', () => {
    const rest = (facts: Facts, lastRow: number): void => {
      const row = {
        id: 'batch_1-3',
        batch: 'batch_1',
        url: 'u3',
        n: 1,
        origin: { prompt: 'p', sources: ['o'] },
      }
      facts.acked.push({ ...row, producer: 'north' })
      facts.ledger.push({ id: row.id, state: 'canceled', stored: [], takes: [] })
      const event = { consumer: 'north/group', producer: 'north', subject: 'batch_1', text: '' }
      const rows = { firstRow: 2, lastRow }
      facts.deliveries.push(
        { ...event, eventId: 'batch_1-rows-canceled', type: 'restyle.rows.canceled', rows },
        { ...event, eventId: 'batch_1-completed', type: 'restyle.batch.completed' },
      )
    }

    it('takes the range that it is in for its event, and notices where it is in none', () => {
      expect(brokenBy((facts) => rest(facts, 4))).toEqual([])
      expect(brokenBy((facts) => rest(facts, 2))).toEqual(['I4'])
    })
  })

  it('notices a batch whose counts are not those of its rows', () => {
    expect(brokenBy(({ miscounts }) => miscounts.push('batch_1 counts 2 failed, and 1 row is'))).toEqual([
      'I7',
    ])
  })
})
