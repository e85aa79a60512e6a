import { readFileSync } from 'node:fs'
import spectral from '@stoplight/spectral-core'
import rulesets from '@stoplight/spectral-rulesets'

/*
 * Prints what Spectral's recommended rules for OpenAPI find in the document of a file, a line each. A process of its own: in
 * jest each of its modules would be compiled anew.
 */

const checker = new spectral.Spectral()
checker.setRuleset(new spectral.Ruleset({ extends: [[rulesets.oas, 'recommended']] } as never))
const found = await checker.run(
  JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Record<string, unknown>,
)
for (const { code, message, path } of found) process.stdout.write(`${code}: ${message} (${path.join('.')})\n`)
