package file

// Refusal lets a test give errors that only a full disk gives.
var Refusal = refusal
