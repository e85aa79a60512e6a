import type { Area, Listed } from './mutant.ts'

const intake = 'apps/producer/src/intake'
const direct = 'apps/producer/src/direct'
const pictureTests = ['packages/sandbox/test/producer/pictures-in-bodies.test.ts']
const scanTests = [`${intake}/take-out.test.ts`]
const directTests = ['packages/sandbox/test/producer/direct.test.ts']
const addressTests = ['apps/worker/src/submit/source-addresses.test.ts']

export const intakeMutants = {
  accept: [
    {
      name: 'pictures-hide-behind-a-backslash',
      file: `${intake}/take-out.ts`,
      find: 'const begins = escapes(rest, at, isEscaped)',
      replace: 'const begins = escapes(rest, 0, false)',
      protects: 'a text that quotes an address of a picture stays as it is',
      tests: scanTests,
    },
    {
      name: 'escapes-are-cut',
      file: `${intake}/take-out.ts`,
      find: 'cut >= rest.length - escapeBytes && cut >= 0 ? cut : rest.length',
      replace: 'cut < 0 ? rest.length : rest.length',
      protects: 'base64 with escapes is read wherever the body is cut',
      tests: scanTests,
    },
    {
      name: 'pictures-are-stored-before-the-checks',
      file: `${intake}/body-pictures.ts`,
      find: 'const wanted = pictures().filter(({ sha256 }) => named.has(`sha256:${sha256}`))',
      replace: 'const wanted = pictures().slice(named.size)',
      protects: 'a picture in a body is stored before the edit that names it is accepted',
      tests: pictureTests,
    },
    {
      name: 'pictures-may-be-anywhere',
      file: `${intake}/body-pictures.ts`,
      find: 'if (JSON.stringify(held)?.includes(mark) === true)',
      replace: 'if (field === mark)',
      protects: 'what stands for a picture is taken for no text',
      tests: pictureTests,
    },
    {
      name: 'dead-uploads-are-sent',
      file: 'apps/worker/src/submit/vendor-uploads.ts',
      find: 'if (endsAt <= now)',
      replace: 'if (endsAt > now + endsAt)',
      protects: 'an upload that is over costs no POST',
      tests: addressTests,
    },
    {
      name: 'uploads-of-others-are-sent',
      file: 'apps/worker/src/submit/vendor-uploads.ts',
      find: 'if (folder !== undefined && folder !== upload.folder)',
      replace: 'if (folder === undefined)',
      protects: 'an upload of another account costs no POST',
      tests: addressTests,
    },
    {
      name: 'jobs-speak-for-others',
      file: `${direct}/take-job.ts`,
      find: 'if (holder === undefined || holder.producer !== producer)',
      replace: 'if (holder === undefined)',
      protects: 'a job names no producer but that of its key',
      tests: directTests,
    },
    {
      name: 'jobs-need-no-scope',
      file: `${direct}/take-job.ts`,
      find: "holder.scopes.includes('edits:write')",
      replace: "holder.scopes.every((scope) => scope !== 'admin')",
      protects: 'a job needs a key that may write edits',
      tests: directTests,
    },
    {
      name: 'jobs-choose-their-options',
      file: `${direct}/plain-jobs.ts`,
      find: "const kept = new Set(['timestamp',",
      replace: "const kept = new Set(['opts', 'timestamp',",
      protects: 'no option of a job counts',
      tests: directTests,
    },
    {
      name: 'jobs-are-given-up-while-the-bucket-is-away',
      file: `${direct}/start-direct.ts`,
      find: 'if (!isTransient(error)) throw error\n      await',
      replace: 'throw error\n      await',
      protects: 'jobs wait while the bucket is away',
      tests: directTests,
    },
    {
      name: 'shared-promises-count-as-known-by-one',
      file: 'apps/worker/src/rebuild/rebuild.ts',
      find: 'known.splice(0, names[i]?.length).every(Boolean)',
      replace: 'known.splice(0, names[i]?.length).some(Boolean)',
      protects: 'each edit of a shared promise is put back',
      tests: ['packages/sandbox/test/hands/rebuild.test.ts'],
    },
  ],
} satisfies Partial<Record<Area, readonly Listed[]>>
