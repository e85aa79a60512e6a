import { keyTemplates, ledgerKeys } from './keys.ts'

describe('the keys of the ledger', () => {
  const keys = ledgerKeys('{p}')

  it('have their parts in the places that the table names', () => {
    expect(keys.due).toBe('{p}:due')
    expect(keys.batchMap('b')).toBe('{p}:batch:b:map')
    expect(keys.task('lane', 'task')).toBe('{p}:task:lane:task')
  })

  it('differ from one another', () => {
    const templates = Object.values(keyTemplates)
    expect(new Set(templates.map((template) => template.replaceAll(/<[^>]*>/g, '<>'))).size).toBe(
      templates.length,
    )
  })
})
