import { readFileSync } from 'node:fs'
import { createClient } from './client.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const [table = ''] = /^\| object \| calls \|\n[^]*?\n\n/m.exec(readme) ?? []

/** Each object of the client with its calls. */
const client = Object.entries(createClient({ url: 'http://127.0.0.1:1', key: 'rk_x' })).filter(
  ([, value]) => typeof value !== 'string',
)

describe('the README', () => {
  it.each(client)('names all calls of %s', (name, calls) => {
    const row = table.split('\n').find((line) => line.split('|')[1]?.includes(`\`${name}\``)) ?? ''
    const named = [...row.matchAll(/`(\w+)`/g)].map(([, word]) => word)
    expect(named).toEqual(expect.arrayContaining([name, ...Object.keys(calls)]))
  })
})
