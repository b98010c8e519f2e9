package format

// Limits of Format 1. A writer keeps within them, a reader refuses what is beyond.
const (
	// MaxBody is the largest body that always fits a line. The receivers' runtimes stop at 6 to 32 MiB; no CRM is known to
	// send more than a few.
	MaxBody = 16 << 20 // bytes

	// MaxLine holds a body whose every byte is escaped, and 1 MiB of headers and path beside it.
	MaxLine = 2*MaxBody + 1<<20 // bytes

	// MaxPlain is the largest decompressed batch. Readers count what they decompress and stop here: a window limit alone
	// would let kilobytes unfold to gigabytes.
	MaxPlain = 64 << 20 // bytes

	// MaxObject is the largest stored batch: MaxPlain, and more than what zstd (3 bytes per 128 KiB) and age (16 bytes
	// per 64 KiB, and a header) can add to what does not compress.
	MaxObject = MaxPlain + 1<<20 // bytes

	// MaxWindow is the largest zstd window that a reader must provide: what RFC 8878 (3.1.1.1.2) recommends to support.
	MaxWindow = 8 << 20 // bytes

	// MaxDescriptor is the largest descriptor.
	MaxDescriptor = 1 << 20 // bytes

	// MaxSeal is the largest seal.
	MaxSeal = 64 << 20 // bytes

	// PartLen is how many batches of its hour a seal lists itself, and each of its parts: of more, a writer makes parts.
	PartLen = 20_000

	// MaxPart is the largest part of a seal: more than PartLen batches, and little enough to be held beside others.
	MaxPart = 8 << 20 // bytes

	// MaxParts is how many parts a seal has at most, so that a part's number has four digits: 200 million batches an hour.
	MaxParts = 9999

	// MaxReport is the largest report: as many buckets as a descriptor can name.
	MaxReport = 1 << 20 // bytes
)

// window is the zstd window that this writer uses: batches are seldom larger, and it keeps an encoder near 4 MiB.
const window = 1 << 20 // bytes
