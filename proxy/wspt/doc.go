// Package wspt reads the partition table of memory-to-memory sessions in the form lab-wspt-1, which is the lab's own:
// IBM's is not public. It knows neither members nor clusters; who is meant by a clone ID the core decides.
package wspt
