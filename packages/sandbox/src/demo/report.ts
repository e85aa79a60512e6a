import { writeFile } from 'node:fs/promises'
import sharp from 'sharp'
import type { ReportData, Thumbnail } from './report-data.ts'
import { reportPage } from './report-page.ts'

const LARGEST_SIDE = 512

/** Writes one HTML file that shows every edit before and after; it needs no network and no script. */
export async function writeReport(file: string, data: ReportData): Promise<void> {
  const edits = await Promise.all(
    data.edits.map(async (edit) => ({
      ...edit,
      before: await thumbnail(edit.before.bytes),
      images: await Promise.all(
        edit.images.map(async ({ bytes, ...image }) => ({ ...image, after: await thumbnail(bytes) })),
      ),
    })),
  )
  await writeFile(file, reportPage({ ...data, edits }))
}

async function thumbnail(bytes: Buffer): Promise<Thumbnail> {
  try {
    const { data, info } = await sharp(bytes)
      .autoOrient()
      .resize(LARGEST_SIDE, LARGEST_SIDE, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 82 })
      .toBuffer({ resolveWithObject: true })
    return {
      src: `data:image/webp;base64,${data.toString('base64')}`,
      width: info.width,
      height: info.height,
    }
  } catch {
    return undefined
  }
}
