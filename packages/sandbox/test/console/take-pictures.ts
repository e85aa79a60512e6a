import { fileURLToPath } from 'node:url'
import { takePictures } from './picture-taker.ts'
import { openPictureWorld } from './picture-world.ts'

/* Takes the pictures of docs/console.md: pnpm console:pictures [page…] */

const into = fileURLToPath(new URL('../../../../docs/pictures', import.meta.url))
const pages = process.argv.slice(2)
const opened = await openPictureWorld()
const { world, shown, names } = opened
try {
  const faults = await takePictures(
    { url: world.url, apiKey: world.apiKey, shown, names },
    { into, ...(pages.length === 0 ? {} : { pages }) },
  )
  for (const fault of faults) process.stderr.write(`${fault}\n`)
  if (faults.length > 0) process.exitCode = 1
} finally {
  await opened.stop()
}
