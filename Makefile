# lakeport - GNU make, no configure step. `make help` lists the targets.
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
CC       = gcc
VERSION := 0.1.0

PACKAGES := libpq libcjson yaml-0.1 openssl libcurl zlib libzstd
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion \
            -Wvla -Wformat=2 -Wundef
OPTIMIZE ?= -O2 -g
SANITIZE ?=
# Deferred (=), so that a first `make demo` asks pkg-config after it has installed the packages.
PKG_CFLAGS = $(shell pkg-config --cflags $(PACKAGES))
PKG_LIBS   = $(shell pkg-config --libs $(PACKAGES))
CFLAGS     = -std=c17 -D_GNU_SOURCE -DLAKEPORT_VERSION='"$(VERSION)"' $(OPTIMIZE) $(WARNINGS) \
             $(SANITIZE) -pthread -I. $(PKG_CFLAGS)
LDFLAGS    = $(SANITIZE) -pthread
LDLIBS     = $(PKG_LIBS) -lpg_query -lcrypto -lm -Wl,--as-needed $(MPI_LIBS) $(URING_LIBS)

# One load from many machines (bench/many.h) where Open MPI is installed; else a stub.
MPI       := $(shell pkg-config --exists ompi-c 2>/dev/null && echo yes)
MPI_LIBS  := $(if $(MPI),$(shell pkg-config --libs ompi-c))
NOT_BUILT := $(if $(MPI),bench/many_stub.c,bench/many.c bench/many_reduce.c)

# `bench run --io-uring` (bench/poller.h) where liburing is installed; else a stub.
URING      := $(shell pkg-config --exists liburing 2>/dev/null && echo yes)
URING_LIBS := $(if $(URING),$(shell pkg-config --libs liburing))
NOT_BUILT  += bench/poller_uring$(if $(URING),_stub).c

# A folder is a tool and a static library; a wrong arrow between them fails to link.
TOOLS   := bench migrate convert reports
MAIN    := common/main.c
sources  = $(filter-out $(MAIN) $(NOT_BUILT),$(sort $(wildcard $(1)/*.c)))
objects  = $(patsubst %.c,$(BUILD)/%.o,$(1))
LIBS    := $(TOOLS:%=$(BUILD)/lib%.a) $(BUILD)/libcommon.a

UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/unit/test_*.c)))
FUZZERS    := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FAKES      := $(BUILD)/tests/nullpg $(BUILD)/tests/faultproxy $(BUILD)/tests/fakeweb
PROGRAMS   := $(patsubst tests/tools/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/tools/*.c)))
C_FILES    := $(sort $(wildcard $(addsuffix /*.[ch],common $(TOOLS) tests/unit tests/fuzz tests/fake \
              tests/fake/web tests/tools)))

##@ Using it
.PHONY: all
all: $(BUILD)/lakeport            ## build build/lakeport

.PHONY: demo
demo:                             ## install what is missing, load files into a private Postgres, measure it, draw a report
	scripts/setup build run duckdb
	$(MAKE) all $(BUILD)/tests/duck_sql
	scripts/demo

.PHONY: install
install: all                      ## into $(DESTDIR)$(PREFIX): program, manual page, completion
	install -Dm755 $(BUILD)/lakeport $(DESTDIR)$(PREFIX)/bin/lakeport
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -Dm644 -t $(DESTDIR)$(PREFIX)/share/lakeport/scenarios bench/scenarios/*
	$(BUILD)/lakeport help --man > $(DESTDIR)$(PREFIX)/share/man/man1/lakeport.1
	$(BUILD)/lakeport help --completion \
	  > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/lakeport

.PHONY: uninstall
uninstall:                        ## remove what install put there
	rm -rf $(DESTDIR)$(PREFIX)/share/lakeport
	rm -f $(DESTDIR)$(PREFIX)/bin/lakeport $(DESTDIR)$(PREFIX)/share/man/man1/lakeport.1 \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/lakeport

.PHONY: clean
clean:                            ## remove the private servers and build/
	[ ! -d $(BUILD) ] || { scripts/postgres remove; for d in demo beside-pgbench beside-psql; do \
	  LAKEPORT_PG_DIR=$(CURDIR)/build/$$d/postgres scripts/postgres remove; done; }
	rm -rf $(BUILD)

##@ Testing it
.PHONY: test
test:                             ## install what is missing, then every test
	scripts/setup build run duckdb test
	$(MAKE) check

.PHONY: check
check: unit end-to-end            ## every test, nothing is installed

.PHONY: unit
unit: $(UNIT_TESTS)               ## tests without a server
	@set -e; for t in $(UNIT_TESTS); do $$t; done

.PHONY: end-to-end
end-to-end: all $(FAKES) $(FUZZERS) $(PROGRAMS) $(UNIT_TESTS)  ## tests on real servers and fakes
	LAKEPORT_BUILD=$(BUILD) prove --timer --failures $(sort $(wildcard tests/end-to-end/*.t))

.PHONY: crash
crash: all                        ## kill -9 in the midst of loads, CRASH_ROUNDS times
	CRASH_ROUNDS=$(or $(CRASH_ROUNDS),200) LAKEPORT_BUILD=$(BUILD) prove --timer --verbose \
	  tests/end-to-end/migrate-crash.t

.PHONY: asan
asan:                             ## everything under address and undefined-behaviour checks
	$(MAKE) BUILD=build/asan OPTIMIZE='-O1 -g' \
	  SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all' check

.PHONY: tsan
tsan:                             ## the load engine under the thread checks
	$(MAKE) BUILD=build/tsan OPTIMIZE='-O1 -g' SANITIZE=-fsanitize=thread \
	  build/tsan/lakeport $(FAKES:$(BUILD)/%=build/tsan/%)
	LAKEPORT_BUILD=build/tsan prove --timer --failures tests/end-to-end/bench-*.t

.PHONY: fuzz
fuzz:                             ## libFuzzer on every parser, FUZZ_SECONDS each
	scripts/setup build lint
	FUZZ_SECONDS=$(or $(FUZZ_SECONDS),600) tests/fuzz/run-libfuzzer $(BUILD)/fuzz

.PHONY: bench
bench: all $(FAKES) $(PROGRAMS)   ## speed and truth beside the peers (takes a while)
	scripts/setup build run duckdb bench
	tests/bench/truth-of-the-clock || true
	tests/bench/beside-peers || true
	tests/bench/beside-pgbench || true
	tests/bench/convert-cases || true
	tests/bench/read-rate || true
	tests/bench/memory-flat || true
	tests/bench/beside-psql || true

.PHONY: lint
lint:                             ## formatting, static checks, the rules of the house
	scripts/setup build lint
	@clang-format --dry-run -Werror $(C_FILES)
	scripts/check-includes
	scripts/check-style
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,portability,performance \
	  --inline-suppr --suppress=missingInclude --suppress=normalCheckLevelMaxBranches \
	  -D_GNU_SOURCE '-DLAKEPORT_VERSION="x"' -I. common $(TOOLS) tests/fake

.PHONY: help
help:                             ## this list
	@awk '/^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*##/ {split($$0, a, ":.*## "); printf "  make %-12s %s\n", a[1], a[2]}' Makefile

$(BUILD)/lakeport: $(call objects,$(MAIN)) $(LIBS)
	$(CC) $(LDFLAGS) -o $@ $(call objects,$(MAIN)) $(LIBS) $(LDLIBS)

define library
$(BUILD)/lib$(1).a: $(call objects,$(call sources,$(1)))
	rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach f,common $(TOOLS),$(eval $(call library,$(f))))

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/bench/many.o $(BUILD)/bench/many_reduce.o: \
  CFLAGS += -isystem $(shell pkg-config --variable=includedir ompi-c)

$(BUILD)/tests/test_%: tests/unit/test_%.c $(LIBS) Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(LIBS) -lcmocka $(LDLIBS)

$(BUILD)/tests/fuzz_%: tests/fuzz/fuzz_%.c $(LIBS) Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(LIBS) $(LDLIBS)

$(PROGRAMS): $(BUILD)/tests/%: tests/tools/%.c $(LIBS) Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(LIBS) $(LDLIBS)

# A fake is tests/fake/NAME.c and NAME_*.c.
define fake
$(BUILD)/tests/$(1): $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/fake/$(1).c tests/fake/$(1)_*.c))) \
  $(BUILD)/libcommon.a
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS)
endef
$(foreach f,nullpg faultproxy,$(eval $(call fake,$(f))))

$(BUILD)/tests/fakeweb: $(call objects,$(call sources,tests/fake/web)) $(BUILD)/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
