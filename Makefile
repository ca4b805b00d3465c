# What .ci/run does, step by step: "make" does all of it, "make static" one step; .ci/run --list names them.
steps := $(shell .ci/run --list)
.PHONY: all build update $(steps)

all:
	.ci/run

build:
	go build ./cmd/wasplug

# Golden files, script outputs and generated pages: look at the diff.
update:
	go test ./... -update

$(steps):
	.ci/run $@
