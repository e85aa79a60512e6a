import type { Listed } from './mutant.ts'

const result = 'apps/producer/src/result'
const reader = 'packages/shared/src/store/read-source.ts'
const pictures = 'packages/sandbox/test/producer/pictures-made.test.ts'
const copies = 'packages/sandbox/test/hands/copy-thumbnails.test.ts'

/** Small pictures: what they are made of is somebody else's, and what is paid for never waits for them. */
export const pictureMutants: readonly Listed[] = [
  {
    name: 'small-pictures-hold-up-the-end',
    file: 'apps/worker/src/copy/thumbnails.ts',
    find: 'if (storing.size >= mostStoring)',
    replace: 'if (storing.size > 1e9)',
    protects: 'small pictures that cannot be stored do not pile up',
    tests: [copies],
  },
  {
    name: 'small-pictures-of-all-images',
    file: 'apps/worker/src/copy/thumbnails.ts',
    find: 'if (left < 1) return false',
    replace: '',
    protects: 'fast copies are not slowed down by small pictures',
    tests: [copies],
  },
  {
    name: 'check-misses-rows-of-small-pictures',
    file: 'apps/worker/src/copy/check-image.ts',
    find: "failOn: 'truncated'",
    replace: "failOn: 'none'",
    protects: 'an image that is cut short is not taken for a whole one',
    tests: ['apps/worker/src/copy/check-image.test.ts'],
  },
  {
    name: 'sources-without-a-bound',
    file: reader,
    find: 'if (bytes > mostBytes) return',
    replace: 'if (bytes > 1e12) return',
    protects: 'a source whose body does not end is let go',
    tests: [pictures],
  },
  {
    name: 'sources-lead-anywhere',
    file: reader,
    find: '!/^https?:$/.test(to.protocol)',
    replace: 'to.protocol === undefined',
    protects: 'a redirect leads to another scheme never',
    tests: [pictures],
  },
  {
    name: 'sources-of-any-bucket',
    file: reader,
    find: ' || !mayRead(producer, bucket, key)',
    replace: '',
    protects: 'a source in a bucket that is not listed is shown to nobody',
    tests: [pictures],
  },
  {
    name: 'bombs-are-unpacked',
    file: 'packages/shared/src/picture/read-picture.ts',
    find: 'return width * height > maxPixels',
    replace: 'return width * height > 1e12',
    protects: 'a picture with too many pixels is not unpacked',
    tests: [pictures, 'packages/shared/src/picture/read-picture.test.ts'],
  },
  {
    name: 'the-second-picture-is-shown',
    file: `${result}/pictures.ts`,
    find: "put.kind === 'collision' ?",
    replace: "put.kind === 'created' ?",
    protects: 'all readers see the small picture that was stored first',
    tests: [pictures],
  },
  {
    name: 'a-picture-is-made-for-each-reader',
    file: `${result}/once.ts`,
    find: 'under.get(name) ?? begin(name, work)',
    replace: 'begin(name, work)',
    protects: 'a picture that many want at once is made once',
    tests: [pictures, `${result}/once.test.ts`],
  },
  {
    name: 'what-cannot-be-had-is-tried-for-ever',
    file: `${result}/once.ts`,
    find: 'if (ms === 0) return',
    replace: 'if (ms >= 0) return',
    protects: 'a source that cannot be read is not asked for by every reader',
    tests: [`${result}/once.test.ts`],
  },
  {
    name: 'one-producer-takes-all-places',
    file: `${result}/fair-places.ts`,
    find: '(taken.get(holder) ?? 0) < each',
    replace: 'holder !== undefined',
    protects: 'slow sources of one producer leave places for others',
    tests: [`${result}/fair-places.test.ts`],
  },
]
