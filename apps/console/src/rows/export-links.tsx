/** Files that the browser saves while they are made. `what`: how what is in them is called. */
export function ExportLinks({ id, what = 'what is approved' }: { id: string; what?: string }) {
  const address = `/v1/batches/${encodeURIComponent(id)}/results?verdict=approved&format=`
  return (
    <span>
      Export {what}:{' '}
      <a href={`${address}csv`} aria-label={`Export ${what} as CSV`} download>
        CSV
      </a>
      {', '}
      <a href={`${address}jsonl`} aria-label={`Export ${what} as JSON lines`} download>
        JSON lines
      </a>
    </span>
  )
}
