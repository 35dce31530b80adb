# lakeport - GNU make, no configure step.
#   make            build/lakeport
#   make demo       set up, measure a private Postgres, draw a report
#   make test       set up, then every test
#   make help       the other targets
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
CC      = gcc
VERSION := 0.1.0

PACKAGES := libpq libcjson yaml-0.1 openssl
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion \
            -Wvla -Wformat=2 -Wundef
OPTIMIZE ?= -O2 -g
SANITIZE ?=
# Deferred (=), so that a first `make demo` asks pkg-config after it has installed the packages.
PKG_CFLAGS = $(shell pkg-config --cflags $(PACKAGES))
PKG_LIBS   = $(shell pkg-config --libs $(PACKAGES))
CFLAGS     = -std=c17 -D_GNU_SOURCE -DLAKEPORT_VERSION='"$(VERSION)"' $(OPTIMIZE) $(WARNINGS) \
             $(SANITIZE) -pthread -I. -I$(BUILD)/generated $(PKG_CFLAGS)
LDFLAGS    = $(SANITIZE) -pthread
LDLIBS     = $(PKG_LIBS) -lcrypto -lm

# A folder is a tool and a static library; a wrong arrow between them fails to link.
FOLDERS := common bench reports
TOOLS   := bench reports
MAIN    := common/main.c
sources  = $(filter-out $(MAIN),$(sort $(wildcard $(1)/*.c)))
objects  = $(patsubst %.c,$(BUILD)/%.o,$(1))
LIBS    := $(foreach t,$(TOOLS),$(BUILD)/lib$(t).a) $(BUILD)/libcommon.a

UNIT_SOURCES := $(sort $(wildcard tests/unit/test_*.c))
UNIT_TESTS   := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT_SOURCES))
FAKES        := $(patsubst tests/fake/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/fake/*.c)))
FUZZERS      := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))

.PHONY: all
all: $(BUILD)/lakeport

$(BUILD)/lakeport: $(call objects,$(MAIN)) $(LIBS)
	$(CC) $(LDFLAGS) -o $@ $(call objects,$(MAIN)) $(LIBS) $(LDLIBS)

define library
$(BUILD)/lib$(1).a: $(call objects,$(call sources,$(1)))
	rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call library,$(f))))

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/test_%: tests/unit/test_%.c $(LIBS) Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(LIBS) -lcmocka $(LDLIBS)

$(BUILD)/tests/fuzz_%: tests/fuzz/fuzz_%.c $(LIBS) Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(LIBS) $(LDLIBS)

$(BUILD)/tests/%: tests/fake/%.c $(BUILD)/libcommon.a Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(BUILD)/libcommon.a $(LDLIBS)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
