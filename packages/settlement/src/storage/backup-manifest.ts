import { json } from '@zkstack/pessimistic-proof'

/** What a backup says of itself. */
export interface BackupManifest {
  /** Of the form of the backup: 1. */
  readonly version: number
  /** Counts the backups of a folder. */
  readonly number: number
  /** Milliseconds since 1970. */
  readonly createdAtMs: bigint
  readonly entries: number
  /** Length of the data. */
  readonly bytes: bigint
  /** SHA-256 of the data, in hexadecimal. */
  readonly sha256: string
}

/** The file `manifest.json`. */
export const backupManifest: json.Json<BackupManifest> = json.struct<BackupManifest>({
  version: json.u32,
  number: json.u32,
  createdAtMs: json.u64,
  entries: json.u32,
  bytes: json.u64,
  sha256: json.text,
})
