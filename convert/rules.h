/*
 * rules.h - the tables of each dialect's types and rules, for dialect.c, and rules that several
 * dialects share, for their tables. All end with a row of zeros.
 *
 * A rule is `bool rule_NAME(struct rewrite *r, struct node *n)`; see rule.h.
 */
#ifndef LAKEPORT_CONVERT_RULES_H
#define LAKEPORT_CONVERT_RULES_H

#include "convert/dialect.h"
#include "convert/rule.h"

extern const struct type_rule types_databricks[];
extern const struct rule rules_databricks_before[], rules_databricks_after[];
extern const struct type_rule types_tsql[];
extern const struct rule rules_tsql_before[], rules_tsql_after[];
extern const struct type_rule types_oracle[];
extern const struct rule rules_oracle_before[], rules_oracle_after[];
extern const struct type_rule types_mysql[];
extern const struct rule rules_mysql_before[], rules_mysql_after[];
extern const struct type_rule types_redshift[];
extern const struct rule rules_redshift_before[], rules_redshift_after[];
extern const struct type_rule types_snowflake[];
extern const struct rule rules_snowflake_before[], rules_snowflake_after[];

typedef bool rule_function(struct rewrite *r, struct node *n);

/* Whether an expression has an aggregate of its own query (rules_common.c). */
bool has_aggregate(const struct node *n);

/* rules_common.c: applied on the way down */
/* rules_snowflake_tables.c */
extern rule_function rule_table_functions, rule_column_number;
/* rules_variant.c: applied on the way down */
extern rule_function rule_variant_operator, rule_variant_in, rule_variant_case, rule_variant_logic,
	rule_variant_argument, rule_variant_lambda;
const char *variant_function(size_t i); /* of its sorted table; NULL: there are no more */
/* rules_oracle_text.c, rules_oracle_dates.c: applied on the way down */
extern rule_function rule_text_arithmetic, rule_text_in, rule_empty_is_null, rule_empty_argument,
	rule_trunc_date, rule_two_digit_year, rule_guess_date;
extern rule_function rule_xml_names, rule_xml_text, rule_lock_columns; /* rules_oracle_xml.c */
/* A column whose name says that it is a date; a difference that is an interval in Oracle, too. */
bool looks_like_date(const struct node *n);
bool is_timestamp_difference(const struct rewrite *r, struct node *n);
extern rule_function rule_super_from, rule_super_path; /* rules_super.c: the same */
extern rule_function rule_nested_window;	       /* rules_window_nested.c: the same */
extern rule_function rule_merge_replace;	       /* rules_super.c: the same */
extern rule_function rule_warehouse_catalog;	       /* rules_warehouse_catalog.c */
extern rule_function rule_warehouse_statement; /* rules_warehouse.c: applied on the way down */
extern rule_function rule_whole_frame;	       /* rules_window.c: applied on the way down */
extern rule_function rule_where_alias;	       /* rules_alias.c: applied on the way down */
extern rule_function rule_column_place;	       /* rules_snowflake_tables.c: the same */
/* rules_values.c */
extern rule_function rule_bool_number;
/* rules_oracle_*.c */
extern rule_function rule_empty_string, rule_concat_null, rule_date_difference;
/* A column that is called ...Date, ...Time or the like (rules_dates.c). */
bool named_like_date(const struct node *n);
/* rules_dates.c, rules_like.c, rules_case.c */
extern rule_function rule_date_number, rule_interval_number, rule_date_zero, rule_like_brackets,
	rule_like_escape, rule_in_case, rule_distinct_case, rule_group_case, rule_select_case;
/* rules_tsql_*.c */
extern rule_function rule_collation, rule_at_value, rule_bit_compare, rule_bit_argument,
	rule_bit_default, rule_for_texts, rule_for_rows, rule_open_json, rule_stuff_xml,
	rule_xml_value, rule_table_function;
extern rule_function rule_convert_length, rule_tsql_text_number, rule_set_variable;
extern rule_function rule_change, rule_set_column, rule_output; /* rules_tsql_dml.c */
extern rule_function rule_into_temporary, rule_database_link;
extern rule_function rule_drop_if, rule_batch;	      /* rules_tsql_batch.c */
extern rule_function rule_json_call, rule_json_table; /* rules_json_sql.c */
/* rules_ddl.c */
extern rule_function rule_definition, rule_constraint_options, rule_identity_type,
	rule_view_options, rule_computed_type;
/* rules_oracle_dml.c */
extern rule_function rule_merge_where, rule_change_rownum, rule_lock_wait, rule_any_list,
	rule_cycle, rule_bare_word, rule_is_nan;
/* Takes a condition on ROWNUM out of that slot: how many rows, or NULL (rules_oracle_rows.c). */
struct node *rownum_take(struct rewrite *r, struct node *n, uint32_t slot);
extern rule_function rule_fetch_percent; /* rules_limit.c */
/* rules_pivot_names.c, rules_window.c */
extern rule_function rule_pivot_values, rule_pivot_oracle, rule_unpivot_names, rule_percentile_over,
	rule_list_over, rule_lag_nulls, rule_list_overflow, rule_list_distinct;
extern rule_function rule_collection, rule_sequence, rule_rowid, rule_table_sample;
extern rule_function rule_keep, rule_outer_join, rule_hierarchy;
extern rule_function rule_compare_case, rule_like_case, rule_divide_by_zero, rule_rownum,
	rule_rownum_value, rule_level_series, rule_path, rule_lateral_alias, rule_nulls_order,
	rule_division, rule_operator, rule_number_suffix, rule_interval, rule_derived_alias,
	rule_values_columns, rule_group_sets, rule_group_all, rule_order_all, rule_top,
	rule_qualify, rule_semi_join, rule_apply, rule_join_condition, rule_dual, rule_cluster,
	rule_table_hint, rule_query_option, rule_recursive, rule_like, rule_index_base,
	rule_plus_concat, rule_table_options, rule_parameter;

/* rules_mysql_ddl.c: applied on the way down */
extern rule_function rule_column_options, rule_table_keys;
/* rules_mysql_dml.c */
extern rule_function rule_mysql_insert, rule_mysql_update, rule_mysql_delete;
/* rules_mysql_types.c: numbers, json_compare, is and like_text on the way up */
extern rule_function rule_mysql_numbers, rule_mysql_date_add, rule_mysql_if, rule_mysql_is,
	rule_mysql_having, rule_mysql_mixed_call, rule_mysql_mixed_case, rule_mysql_cast_char,
	rule_mysql_cast_number, rule_mysql_like_text, rule_mysql_json_compare, rule_mysql_minus,
	rule_mysql_in, rule_mysql_invert;
extern rule_function rule_sort_alias; /* rules_alias.c */
/* Makes a condition of a number, a text, a date or a column whose type is not known. */
void mysql_make_truth(struct rewrite *r, struct node *n);
/* rules_case.c: applied on the way up */
extern rule_function rule_case_operand, rule_between_case;
/* rules_mysql_values.c: the first two on the way up */
extern rule_function rule_json_arrow, rule_xor, rule_truth, rule_truth_compare, rule_sort_null,
	rule_interval_parts, rule_server_variable, rule_mysql_collate;
extern rule_function rule_into_variable, rule_mysql_set;
extern rule_function rule_mysql_statement; /* rules_mysql_alter.c */
extern rule_function rule_mysql_show;	   /* rules_mysql_show.c */
extern rule_function rule_mysql_assign;	   /* rules_mysql_assign.c: before what reads variables */

/* rules_databricks_values.c: applied on the way up (rule_spark_lag_nulls: down) */
extern rule_function rule_spark_zero, rule_text_number, rule_date_interval, rule_zoned_literal,
	rule_spark_lag_nulls;
/* rules_relations.c: applied on the way down */
extern rule_function rule_named_table, rule_named_column, rule_sample, rule_sample_cte,
	rule_sample_query, rule_asof, rule_exclude;
/* rules_json_literals.c: applied on the way up */
extern rule_function rule_json_array, rule_json_object, rule_json_index;

/* rules_star.c: puts columns in the place of every * of a SELECT; false: not all are known */
bool star_write_out(struct rewrite *r, struct node *select);
/* rules_star.c: applied on the way down (star, order row), or up (pivot, unpivot) */
extern rule_function rule_star, rule_star_in, rule_star_argument, rule_query_star, rule_order_row,
	rule_pivot, rule_unpivot;

/* rules_databricks_utility.c, _dml.c, _ddl.c: applied on the way down */
/* rules_databricks_text.c */
extern rule_function rule_spark_string, rule_spark_text_cast;
extern rule_function rule_databricks_utility, rule_insert, rule_assign_target, rule_merge,
	rule_create_table, rule_create_view, rule_create_function;

/* rules_time_windows.c: applied on the way down */
extern rule_function rule_time_window;
/* rules_known.c, rules_truth.c: applied on the way up; identity columns before, identity values
 * after the others
 */
extern rule_function rule_identity_columns, rule_known_insert, rule_known_insert_numbers,
	rule_identity_values, rule_known_assign, rule_known_in, rule_known_compare,
	rule_known_text_number, rule_known_case, rule_known_argument, rule_bit_text,
	rule_compound_assign; /* the last one on the way down */

/* rules_generators.c: applied on the way up */
extern rule_function rule_generator, rule_lateral_view, rule_table_generator;

#endif
