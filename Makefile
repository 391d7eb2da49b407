# Two commands for everything: `make demo` runs the main job, `make test` the tests.

export CGO_ENABLED = 0
GO ?= go

.PHONY: all build demo test unit vet cross bench fuzz install clean

all: build

build:
	$(GO) build -trimpath -ldflags "-s -w" -o awsmint .

# The main job against an AWS of our own on loopback: nothing outside a
# temporary folder is touched.
demo:
	$(GO) run ./internal/demo

test: vet unit

vet:
	@test -z "$$(gofmt -l .)" || { echo "not formatted:"; gofmt -l .; exit 1; }
	$(GO) vet ./...

# The race detector needs cgo, and so a C compiler; awsmint itself needs neither.
# The end-to-end tests take some minutes, on a slow machine more than go test's
# own limit of ten.
TIMEOUT = 18m
unit:
	@if command -v "$$($(GO) env CC)" >/dev/null; then \
	  CGO_ENABLED=1 $(GO) test -race -timeout $(TIMEOUT) ./...; \
	elif [ "$$AWSMINT_TEST_REQUIRE" = all ]; then \
	  echo "no C compiler, and so no race detector"; exit 1; \
	else \
	  echo "no C compiler: the race detector is left out"; $(GO) test -timeout $(TIMEOUT) ./...; \
	fi

TARGETS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

# Build and vet, tests included, for every system that awsmint is released for.
cross:
	@set -e; for target in $(TARGETS); do echo "cross $$target"; \
	  GOOS=$${target%/*} GOARCH=$${target#*/} $(GO) build -trimpath -o /dev/null .; \
	  GOOS=$${target%/*} GOARCH=$${target#*/} $(GO) vet ./...; done

bench:
	$(GO) run ./internal/bench

# Each fuzz target for a while; `make test` runs their seeds.
FUZZTIME = 20s
fuzz:
	@set -e; for package in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
	    echo "$$package $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package; \
	  done; \
	done

install:
	$(GO) install -trimpath -ldflags "-s -w" .

clean:
	rm -rf awsmint dist
