/*
 * foreign_odbc.h - private to foreign_odbc.c: the part of ODBC 3 that is used, as its standard and
 * unixODBC's ABI have it on 64-bit Linux (SQLLEN has 8 bytes, SQLWCHAR 2). unixODBC is loaded when
 * it is needed.
 */
#ifndef LAKEPORT_COMMON_FOREIGN_ODBC_H
#define LAKEPORT_COMMON_FOREIGN_ODBC_H

#include <stdint.h>

typedef void *odbc_handle;

enum { ODBC_SUCCESS = 0, ODBC_INFO = 1, ODBC_NO_DATA = 100, ODBC_NULL = -1, ODBC_NO_TOTAL = -4 };
enum { ODBC_ENV = 1, ODBC_DBC = 2, ODBC_STMT = 3 };
enum { ODBC_ATTR_VERSION = 200, ODBC_VERSION_3 = 3 };
enum {
	ODBC_ACCESS_MODE = 101,
	ODBC_AUTOCOMMIT = 102,
	ODBC_LOGIN_TIMEOUT = 103,
};
enum { ODBC_QUERY_TIMEOUT = 0, ODBC_MAX_ROWS = 1 };
enum { ODBC_DBMS_NAME = 17 };
enum { ODBC_NTS = -3, ODBC_NO_PROMPT = 0, ODBC_COMMIT = 0, ODBC_ROLLBACK = 1 };

/* What a value is asked for as. */
enum { ODBC_C_CHAR = 1, ODBC_C_BINARY = -2, ODBC_C_DOUBLE = 8, ODBC_C_WCHAR = -8 };

/* Types of columns; those below -100 are Microsoft's. */
enum odbc_type {
	ODBC_VARIANT = -150,
	ODBC_XML = -152,
	ODBC_TIME2 = -154,
	ODBC_TIMESTAMP_OFFSET = -155,
	ODBC_GUID = -11,
	ODBC_WLONGVARCHAR = -10,
	ODBC_WVARCHAR = -9,
	ODBC_WCHAR = -8,
	ODBC_BIT = -7,
	ODBC_TINYINT = -6,
	ODBC_BIGINT = -5,
	ODBC_LONGVARBINARY = -4,
	ODBC_VARBINARY = -3,
	ODBC_BINARY = -2,
	ODBC_LONGVARCHAR = -1,
	ODBC_CHAR = 1,
	ODBC_NUMERIC = 2,
	ODBC_DECIMAL = 3,
	ODBC_INTEGER = 4,
	ODBC_SMALLINT = 5,
	ODBC_FLOAT = 6,
	ODBC_REAL = 7,
	ODBC_DOUBLE = 8,
	ODBC_VARCHAR = 12,
	ODBC_DATE = 91,
	ODBC_TIME = 92,
	ODBC_TIMESTAMP = 93,
};

#define ODBC_FUNCTIONS(X)                                                                          \
	X(AllocHandle, (int16_t, odbc_handle, odbc_handle *))                                      \
	X(FreeHandle, (int16_t, odbc_handle))                                                      \
	X(SetEnvAttr, (odbc_handle, int32_t, void *, int32_t))                                     \
	X(SetConnectAttr, (odbc_handle, int32_t, void *, int32_t))                                 \
	X(SetStmtAttr, (odbc_handle, int32_t, void *, int32_t))                                    \
	X(DriverConnect,                                                                           \
	  (odbc_handle, void *, char *, int16_t, char *, int16_t, int16_t *, uint16_t))            \
	X(Disconnect, (odbc_handle))                                                               \
	X(GetInfo, (odbc_handle, uint16_t, void *, int16_t, int16_t *))                            \
	X(GetDiagRec,                                                                              \
	  (int16_t, odbc_handle, int16_t, char *, int32_t *, char *, int16_t, int16_t *))          \
	X(ExecDirect, (odbc_handle, char *, int32_t))                                              \
	X(NumResultCols, (odbc_handle, int16_t *))                                                 \
	X(DescribeCol, (odbc_handle, uint16_t, char *, int16_t, int16_t *, int16_t *, uint64_t *,  \
			int16_t *, int16_t *))                                                     \
	X(Fetch, (odbc_handle))                                                                    \
	X(GetData, (odbc_handle, uint16_t, int16_t, void *, int64_t, int64_t *))                   \
	X(Cancel, (odbc_handle))                                                                   \
	X(EndTran, (int16_t, odbc_handle, int16_t))

struct odbc_api {
#define X(name, takes) int16_t(*name) takes;
	ODBC_FUNCTIONS(X)
#undef X
};

#endif
